import * as pulumi from "@pulumi/pulumi";
import { describeMistakes, type Mistake } from "./mistakes";

/** Ends the program, where there are mistakes, with all of them. */
export function refuseMistakes(component: pulumi.ComponentResource, mistakes: Mistake[]): void {
  if (mistakes.length === 0) return;
  throw new pulumi.ResourceError(describeMistakes(mistakes), component, true);
}

/** Is refused, with one and the same error for all that rests on it, while there are mistakes. */
export function passChecks(
  component: pulumi.ComponentResource,
  checks: pulumi.Input<Mistake[]>[],
): pulumi.Output<unknown> {
  return pulumi.all(checks).apply((lists) => {
    const mistakes = lists.flat();
    if (mistakes.length > 0) throw refusalOf(component, mistakes);
  });
}

/**
 * Lets resources wait for what only AWS can tell: while there are mistakes, nothing that depends on the
 * result is created. The checks are no part of a resource's inputs, which so stay as they are written.
 *
 * @returns what to depend on; unknown, and no hindrance, in a preview that can't know it
 */
export function dependOnChecks(
  component: pulumi.ComponentResource,
  dependency: pulumi.Resource,
  checks: pulumi.Input<Mistake[]>[],
): pulumi.Output<pulumi.Resource> {
  return passChecks(component, checks).apply(() => dependency);
}

/** On its way through the outputs that rest on it Pulumi writes their names before an error's message. */
export function refusalOf(
  component: pulumi.ComponentResource,
  mistakes: Mistake[],
): pulumi.ResourceError {
  const message = describeMistakes(mistakes);
  const refusal = new pulumi.ResourceError(message, component, true);
  return Object.defineProperty(refusal, "message", { get: () => message, set: () => undefined });
}
