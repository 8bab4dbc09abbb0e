import { Anchor, Skeleton } from "@mantine/core";
import { IconExternalLink } from "@tabler/icons-react";
import type { QuoteImage } from "./quote_fields.ts";
import { useUploadedImage } from "./uploaded_image.ts";

/** Images of a request. Only uploaded ones are shown; a URL from a customer is only a link. */
export function QuoteImages({ images }: { readonly images: readonly QuoteImage[] }) {
  const uploaded = images.filter((image) => image.uploaded);
  const linked = images.filter((image) => !image.uploaded);
  return (
    <>
      {uploaded.length > 0 && (
        <ul className="quote-images" aria-label="Uploaded images">
          {uploaded.map((image, index) => (
            <li key={image.id}>
              <UploadedImage url={image.url} label={`Image ${index + 1} of the request`} />
            </li>
          ))}
        </ul>
      )}
      {linked.length > 0 && (
        <ul className="quote-links" aria-label="Addresses of images">
          {linked.map(({ id, url }) => (
            <li key={id}>
              <Anchor href={url} target="_blank" rel="noopener noreferrer">
                {url} <IconExternalLink size={13} aria-label="opens another site" />
              </Anchor>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function UploadedImage({ url, label }: { readonly url: string; readonly label: string }) {
  const image = useUploadedImage(url);
  if (image.state === "failed") return <span className="dimmed">{image.reason}</span>;
  if (image.state === "loading") return <Skeleton width={160} height={120} />;
  return (
    <a href={image.address} target="_blank">
      <img src={image.address} alt={label} />
    </a>
  );
}
