/** Worlds and settings that are drawn once for all properties, and what is assessed of them. */
import fc from "fast-check";
import { assess } from "../../../handler/assess";
import type { Assessment, Settings, World } from "../../../handler/types";
import { anySettings } from "../arbitrarySettings";
import { anyWorld } from "../arbitrarySnapshots";
import { drawnOnce } from "../planQueries";

export const forAnyWorld = drawnOnce(fc.tuple(anyWorld(), anySettings));

export function forAnyPlan(
  check: (planned: Assessment, observed: World, chosen: Settings) => void,
): void {
  forAnyWorld(([observed, chosen]) => {
    check(assess(observed, chosen), observed, chosen);
  });
}
