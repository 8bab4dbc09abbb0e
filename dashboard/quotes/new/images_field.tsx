import { CloseButton, Loader, Text } from "@mantine/core";
import { Dropzone } from "@mantine/dropzone";
import { IconCircleCheck, IconCircleX, IconPhoto } from "@tabler/icons-react";
import { toneColor } from "../../kit/tone.ts";
import type { ChosenImage } from "./upload_image.ts";

/** Types of images that the server decodes. */
const TYPES = ["image/png", "image/jpeg", "image/webp"];

/** Images to upload with a new quote. The server decides what is an image, so that any file may be dropped. */
export function ImagesField({ images, onChange }: {
  readonly images: readonly ChosenImage[];
  readonly onChange: (images: readonly ChosenImage[]) => void;
}) {
  function add(files: readonly File[]) {
    const chosen = files.map((file) => ({
      id: crypto.randomUUID(),
      file,
      state: "chosen" as const,
      reason: null,
    }));
    onChange([...images, ...chosen]);
  }

  return (
    <div>
      <Dropzone
        onDrop={add}
        inputProps={{ "aria-label": "Images", accept: TYPES.join(",") }}
        p="sm"
      >
        <Text size="sm" ta="center">
          <IconPhoto size={16} aria-hidden />{" "}
          Drop images, or click to choose: PNG, JPEG or WebP, 5 MB each
        </Text>
      </Dropzone>
      <ul className="chosen-images">
        {images.map((image) => (
          <li key={image.id}>
            <ImageState image={image} />
            <span>
              {image.file.name}
              {image.reason && <span className="tone-person">: {image.reason}</span>}
            </span>
            {(image.state === "chosen" || image.state === "refused") && (
              <CloseButton
                size="xs"
                aria-label={`Remove ${image.file.name}`}
                onClick={() => onChange(images.filter(({ id }) => id !== image.id))}
              />
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function ImageState({ image: { state } }: { readonly image: ChosenImage }) {
  switch (state) {
    case "chosen":
      return <IconPhoto size={15} aria-label="To upload" />;
    case "sending":
      return <Loader size={15} aria-label="Uploading" />;
    case "sent":
      return <IconCircleCheck size={15} aria-label="Uploaded" color={toneColor("done")} />;
    case "refused":
      return <IconCircleX size={15} aria-label="Refused" color={toneColor("person")} />;
  }
}
