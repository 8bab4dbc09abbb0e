import { PageHead } from "../../kit/page_head.tsx";

/** Form of a new message. */
export default function ComposePage() {
  return <PageHead title="Compose" />;
}
