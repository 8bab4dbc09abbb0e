import { addressOf, imagesById, type QuoteImage } from "../../src/domain/quotes/images.ts";
import { builder } from "../kit/builder.ts";

/** Image of a request. */
export const QuoteImageNode = builder.loadableNodeRef("QuoteImage", {
  id: { resolve: ({ id }: QuoteImage) => id },
  load: (ids: string[], { services, caller }) => imagesById(services, caller, ids),
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
});

QuoteImageNode.implement({
  description: "Image of a request for a quote.",
  fields: (t) => ({
    url: t.string({
      description:
        "Address of the image. That of an uploaded one is a path on this server, which sends a JPEG " +
        "image to callers with a key of the organization.",
      resolve: addressOf,
    }),
    uploaded: t.boolean({
      description: "True: uploaded by `POST /quotes/<id>/images`; false: given in `imageUrls`.",
      resolve: ({ url }) => url === null,
    }),
  }),
});
