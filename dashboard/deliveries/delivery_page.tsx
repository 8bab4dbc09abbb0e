import { useParams } from "@tanstack/react-router";
import { PageHead } from "../kit/page_head.tsx";
import { DeliveryStory } from "./delivery_story.tsx";

/** Page of a delivery. */
export default function DeliveryPage() {
  const { id = "" } = useParams({ strict: false });
  return (
    <>
      <PageHead title="Delivery" />
      <div className="page">
        <DeliveryStory key={id} id={id} />
      </div>
    </>
  );
}
