import { createSpotlight, Spotlight } from "@mantine/spotlight";
import { IconArrowRight, IconSearch } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useContext, useEffect, useState } from "react";
import { IdPagesContext } from "../kit/links.tsx";
import { SCREENS } from "../screens.ts";
import { useSearch } from "./search.ts";
import { useViewer } from "./viewer.tsx";

const [store, spotlight] = createSpotlight();

/** Palette: jumps to a screen, or to an object by its id, its title or an address. */
export default function Palette() {
  const { role } = useViewer();
  const navigate = useNavigate();
  const pages = useContext(IdPagesContext);
  const [text, setText] = useState("");
  useEffect(() => {
    spotlight.open();
    addEventListener("waybill:palette", spotlight.open);
    return () => removeEventListener("waybill:palette", spotlight.open);
  }, []);

  const { hits, searching } = useSearch(text);
  const id = text.trim();
  const page = pages[id.slice(0, id.indexOf("_"))];
  const screens = SCREENS.filter(({ roles, label }) =>
    roles.includes(role) && label.toLowerCase().includes(id.toLowerCase())
  );
  return (
    <Spotlight.Root store={store} query={text} onQueryChange={setText} shortcut={null}>
      <Spotlight.Search
        placeholder="Screen, address, title or id"
        aria-label="Search or jump"
        leftSection={<IconSearch size={18} />}
      />
      <Spotlight.ActionsList>
        {page && hits.length === 0 && (
          <Spotlight.Action
            label={`Open ${id}`}
            leftSection={<IconArrowRight size={18} />}
            onClick={() => navigate({ to: page(id) })}
          />
        )}
        {screens.map(({ label, path, icon: Symbol, key }) => (
          <Spotlight.Action
            key={path}
            label={label}
            leftSection={<Symbol size={18} />}
            rightSection={key && (
              <span>
                <kbd>g</kbd> <kbd>{key}</kbd>
              </span>
            )}
            onClick={() => navigate({ to: path })}
          />
        ))}
        {hits.map(({ id, title, description, to, search }) => (
          <Spotlight.Action
            key={`${id} ${title}`}
            label={title}
            description={description}
            leftSection={<IconArrowRight size={18} />}
            onClick={() => navigate({ to, search })}
          />
        ))}
        {!page && hits.length === 0 && screens.length === 0 && (
          <Spotlight.Empty>{searching ? "Searching …" : "Nothing found"}</Spotlight.Empty>
        )}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}
