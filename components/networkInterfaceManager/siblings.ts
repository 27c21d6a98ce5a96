import * as pulumi from "@pulumi/pulumi";
import { type Mistake, shorten, show } from "../mistakes";

/** A manager of a program, as far as another one may not look after the same pools. */
interface Sibling {
  name: string;
  tagKey: string;
  /** Undefined: every pool with the tag key. */
  pools?: string[];
  /** Undefined: the default one. Another one may be of another Region or account. */
  provider?: pulumi.ProviderResource;
}

/** The managers of each program; a process may run several, one after the other. */
const siblingsByStack = new WeakMap<pulumi.Resource, Sibling[]>();

/** Finds the managers before this one that look after a pool of its own, and remembers it for those after it. */
export function checkSiblings(sibling: Sibling): Mistake[] {
  const stack = pulumi.runtime.getStackResource();
  if (stack === undefined) return [];
  const others = siblingsByStack.get(stack) ?? [];
  siblingsByStack.set(stack, [...others, sibling]);
  return others
    .filter(({ tagKey, provider }) => tagKey === sibling.tagKey && provider === sibling.provider)
    .flatMap((other) => checkPair(sibling, other));
}

function checkPair({ pools }: Sibling, other: Sibling): Mistake[] {
  const both = pools?.filter((pool) => other.pools?.includes(pool) ?? true) ?? other.pools;
  if (both?.length === 0) return [];
  const namesOf = (names: string[]) => shorten(names.join(", "), 400);
  const mine = pools === undefined ? "is missing, which means every pool" : `has ${namesOf(pools)}`;
  const shared = both === undefined ? "every pool" : namesOf(both);
  const message = `${mine}, but the manager ${show(other.name)} looks after ${shared}, too; write every pool in one of them`;
  return [{ path: ["pools"], message }];
}
