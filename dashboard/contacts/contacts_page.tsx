import { Button } from "@mantine/core";
import { IconUpload } from "@tabler/icons-react";
import { Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { Empty } from "../kit/empty.tsx";
import { List } from "../kit/list.tsx";
import { useLiveList } from "../kit/live_list.ts";
import { PageHead } from "../kit/page_head.tsx";
import { Split } from "../kit/split.tsx";
import { useUrlState } from "../kit/url_state.ts";
import { useIsAdmin } from "../shell/viewer.tsx";
import { CONTACT_COLUMNS } from "./contact_columns.tsx";
import { CONTACTS, ContactsQuery } from "./contact_fields.ts";
import { ContactFilters, filterOf } from "./contact_filters.tsx";
import { ImportDialog } from "./import_dialog.tsx";

/** Contacts, with the open one beside them. */
export default function ContactsPage() {
  const [state, setState] = useUrlState();
  const navigate = useNavigate();
  const isAdmin = useIsAdmin();
  const { id } = useParams({ strict: false });
  const [importing, setImporting] = useState(false);
  const filter = filterOf(state);
  const list = useLiveList(CONTACTS, { filter });
  const search = { q: state.q, view: state.view };
  const startImport = isAdmin && (
    <Button
      leftSection={<IconUpload size={16} />}
      onClick={() => setImporting(true)}
    >
      Import a file
    </Button>
  );
  return (
    <>
      <Split
        open={id !== undefined}
        onClose={() => navigate({ to: "/contacts", search })}
        detail={<Outlet />}
      >
        <PageHead title="Contacts" count={list.totalCount}>
          <CopyGraphQL operation={ContactsQuery} variables={{ filter }} />
          {startImport}
        </PageHead>
        <ContactFilters state={state} onChange={setState} />
        <List
          label="Contacts"
          list={list}
          columns={CONTACT_COLUMNS}
          openId={id}
          pageOf={(row) => ({ to: `/contacts/${row.id}`, search })}
          empty={Object.keys(filter).length > 0
            ? <Empty title="No contact matches">Remove a filter to see more.</Empty>
            : (
              <Empty title="No contacts yet" action={startImport}>
                Contacts are the people to whom you send mails, each with a timeline of its events.
                Import them from a file.
              </Empty>
            )}
        />
      </Split>
      <ImportDialog
        opened={importing}
        onClose={() => setImporting(false)}
        onImported={list.reload}
      />
    </>
  );
}
