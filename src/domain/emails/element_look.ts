import { type Colord, colord, extend } from "colord";
import a11y from "colord/plugins/a11y";
import names from "colord/plugins/names";
import type { Style } from "./style_sheet.ts";

extend([a11y, names]);

/** Properties of an HTML element that decide whether a reader sees its text. */
export interface ElementLook {
  /** Whether the element is rendered on the screen; if false, none of its descendants is. */
  readonly shown: boolean;
  readonly visible: boolean;
  readonly hasSize: boolean;
  readonly color: Colord;
  /** Null: an image, or unknown. */
  readonly background: Colord | null;
  /** Whether the color differs from the background. */
  readonly hasContrast: boolean;
}

/** Look of a page without styles. */
export const PAGE_LOOK: ElementLook = {
  shown: true,
  visible: true,
  hasSize: true,
  color: colord("black"),
  background: colord("white"),
  hasContrast: true,
};

const WITHOUT_TEXT = new Set(["head", "title", "script", "style", "template", "noembed"]);
// Below this contrast (1: equal, 21: black on white) a text is unreadable.
const MIN_CONTRAST = 1.1;
const MIN_ALPHA = 0.05;
const MAX_VALUE_LENGTH = 200;
const LOOK_ATTRIBUTES = ["color", "text", "bgcolor", "background"];
const OUTSIDE = /^-\d{3,}/;
const ZERO = /^0*(?:\.0+)?(?:[a-z]+|%)?$/;
const TINY = /^[01](?:\.\d+)?(?:px|pt)$/;
const TINY_FONT = /(?:^|\s)[01](?:\.\d+)?(?:px|pt)?(?=[/\s])/;

/** Returns the look of an element, from that of its parent and its own name, attributes and style. */
export function lookOf(
  name: string,
  attributes: Readonly<Record<string, string>>,
  style: Style,
  outer: ElementLook,
): ElementLook {
  const isShown = outer.shown && !WITHOUT_TEXT.has(name) && !("hidden" in attributes);
  if (!isShown) return { ...outer, shown: false };
  if (style.size === 0 && !LOOK_ATTRIBUTES.some((name) => name in attributes)) return outer;
  const color = parseColor(style.get("color") ?? attributes.color ?? attributes.text ?? "") ??
    outer.color;
  const background = backgroundOf(attributes, style, outer.background);
  const isSame = color === outer.color && background === outer.background;
  return {
    shown: !isRemoved(style),
    visible: visibilityOf(style, outer.visible),
    hasSize: hasSize(style, outer.hasSize),
    color,
    background,
    hasContrast: isSame ? outer.hasContrast : hasContrast(color, background),
  };
}

/** Whether a reader sees the text of an element. */
export function isReadable({ shown, visible, hasSize, hasContrast }: ElementLook): boolean {
  return shown && visible && hasSize && hasContrast;
}

function hasContrast(color: Colord, background: Colord | null): boolean {
  return color.alpha() > MIN_ALPHA &&
    (background === null || color.contrast(background) >= MIN_CONTRAST);
}

function isRemoved(style: Style): boolean {
  const valueOf = (name: string) => style.get(name) ?? "";
  const isZero = (name: string) => style.has(name) && ZERO.test(valueOf(name));
  const isCut = valueOf("overflow").startsWith("hidden") &&
    ["height", "max-height", "width", "max-width"].some(isZero);
  const isPlaced = /^(?:absolute|fixed)/.test(valueOf("position"));
  const isOutside = isPlaced &&
    ["left", "top", "right", "bottom"].some((side) => OUTSIDE.test(valueOf(side)));
  return valueOf("display") === "none" || valueOf("mso-hide") === "all" || isZero("opacity") ||
    isCut || isOutside || OUTSIDE.test(valueOf("text-indent")) ||
    OUTSIDE.test(valueOf("margin-left")) ||
    isPlaced && /^rect\(\s*[01](?:px)?[\s,]/.test(valueOf("clip")) ||
    /^inset\((?:50|100)%/.test(valueOf("clip-path")) || /scale\(0\)/.test(valueOf("transform"));
}

function visibilityOf(style: Style, outer: boolean): boolean {
  const value = style.get("visibility");
  return value === undefined || value === "inherit" ? outer : value === "visible";
}

function hasSize(style: Style, outer: boolean): boolean {
  const size = style.get("font-size");
  if (size !== undefined) return !ZERO.test(size) && !TINY.test(size);
  const font = style.get("font");
  return font === undefined ? outer : !TINY_FONT.test(font);
}

function backgroundOf(
  attributes: Readonly<Record<string, string>>,
  style: Style,
  outer: Colord | null,
): Colord | null {
  const value = style.get("background-color") ?? style.get("background") ?? attributes.bgcolor ??
    "";
  if (style.has("background-image") || attributes.background || /url\(|gradient/.test(value)) {
    return null;
  }
  const color = value.slice(0, MAX_VALUE_LENGTH).split(/\s+(?![^(]*\))/).map(parseColor).find((
    color,
  ) => color !== null);
  return color && color.alpha() > MIN_ALPHA ? color : outer;
}

function parseColor(text: string): Colord | null {
  if (text === "") return null;
  const color = colord(text);
  return color.isValid() ? color : null;
}
