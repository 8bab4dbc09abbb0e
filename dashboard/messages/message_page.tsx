import { useParams } from "@tanstack/react-router";
import { Id } from "../kit/links.tsx";

/** Page of a message. */
export default function MessagePage() {
  const { id = "" } = useParams({ strict: false });
  return <Id id={id} />;
}
