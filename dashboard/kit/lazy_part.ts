import { type ComponentType, lazy, type LazyExoticComponent } from "react";
import { loadPart } from "../api/loading.ts";

/** A component whose code is loaded when it is first shown. */
export function lazyPart<Props>(
  load: () => Promise<{ readonly default: ComponentType<Props> }>,
): LazyExoticComponent<ComponentType<Props>> {
  return lazy(() => loadPart(load));
}
