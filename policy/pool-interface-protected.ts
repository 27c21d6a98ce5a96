import { type PolicyResource, type StackValidationPolicy } from "@pulumi/policy";
import { POOL_COMPONENT } from "./components";
import { judging } from "./judging";
import { configSchema } from "./settings";

/** The component's own rule: in the stack of this name its interfaces may go. */
const DEVELOPMENT_STACK = "dev";

/** A replaced interface has another MAC address, and what is bound to the old one stops. */
export const poolInterfaceProtected: StackValidationPolicy = {
  name: "pool-interface-protected",
  description:
    "The network interfaces of pools are protected, so that Pulumi refuses to replace or delete them.",
  configSchema,
  enforcementLevel: "mandatory",
  validateStack: judging(({ interfaces, settings }, report) => {
    for (const { resource, label, pool, givenId } of interfaces) {
      // Pulumi neither replaces nor deletes what isn't in the stack.
      if (givenId !== undefined) continue;
      if (resource.opts.protect || isOfDevelopment(resource)) continue;
      if (pool === undefined) {
        report.undecided(
          resource.urn,
          `whether ${label} must be protected, since its tags aren't known yet`,
        );
      } else if (!settings.allowReplace.includes(pool)) {
        const found = `${label} of pool "${pool}" isn't protected, so a change or a destroy may take its address and MAC away`;
        const mend = `Write protect: true in its options, or name the pool in this policy's configuration, allowReplace: ["${pool}"]`;
        report.violation(resource.urn, `${found}. ${mend}.`);
      }
    }
  }),
};

function isOfDevelopment({ urn }: PolicyResource): boolean {
  const [stack, , types] = urn.replace(/^urn:pulumi:/, "").split("::");
  return stack === DEVELOPMENT_STACK && (types ?? "").split("$").includes(POOL_COMPONENT);
}
