import { Button, Modal } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { Suspense, useState } from "react";
import { lazyPart } from "../../kit/lazy_part.ts";

const NewQuoteForm = lazyPart(() => import("./new_quote_form.tsx"));

/** Button that opens the form of a new quote. */
export function NewQuoteButton() {
  const [opened, setOpened] = useState(false);
  const close = () => setOpened(false);
  return (
    <>
      <Button leftSection={<IconPlus size={16} />} onClick={() => setOpened(true)}>
        New quote
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title="New quote"
        size="lg"
        centered
        // A click beside the dialog must not lose what was typed.
        closeOnClickOutside={false}
      >
        <Suspense>
          <NewQuoteForm onClose={close} />
        </Suspense>
      </Modal>
    </>
  );
}
