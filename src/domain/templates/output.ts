import { CaptureTag, type Context, type Emitter, type Liquid, toValue } from "liquidjs";

/** Characters of one `capture`. */
const MAX_CAPTURED = 1_000_000;

/** Output of a template, with a maximum length. */
export class LimitedOutput implements Emitter {
  buffer = "";

  /** @param maxLength characters */
  constructor(readonly maxLength: number) {}

  /** @throws {Error} if the output is longer than its limit */
  write(value: unknown): void {
    this.buffer += printed(value);
    if (this.buffer.length <= this.maxLength) return;
    throw new Error(`the output is longer than ${this.maxLength} characters`);
  }
}

/** Counts the output of the tag `capture` as memory of the rendering, which liquidjs does not. */
export function limitCaptures(engine: Liquid): Liquid {
  engine.registerTag(
    "capture",
    class extends CaptureTag {
      override *render(context: Context): Generator<unknown, void, string> {
        const output = new LimitedOutput(MAX_CAPTURED);
        yield this.liquid.renderer.renderTemplates(this.templates, context, output);
        context.memoryLimit.use(output.buffer.length);
        context.bottom()[this.variable] = output.buffer;
      }
    },
  );
  return engine;
}

function printed(value: unknown): string {
  if (Array.isArray(value)) return value.map(printed).join("");
  const plain = toValue(value);
  return plain === null || plain === undefined ? "" : String(plain);
}
