import * as pulumi from "@pulumi/pulumi";
import { type Mistake, shorten, show } from "../mistakes";

/** What a manager of a program looks after. */
interface ManagerScope {
  name: string;
  tagKey: string;
  /** Undefined: every pool with the tag key. */
  pools?: string[];
  /** Undefined: the default one. Another provider may be of another Region or account. */
  provider?: pulumi.ProviderResource;
}

/** The managers of each program; a process may run several programs, one after the other. */
const managersByStack = new WeakMap<pulumi.Resource, ManagerScope[]>();

/** Finds the managers before this one that have one of its pools in their lists, too, and remembers this one for those after it. */
export function checkOtherManagers(manager: ManagerScope): Mistake[] {
  const stack = pulumi.runtime.getStackResource();
  if (stack === undefined) return [];
  const others = managersByStack.get(stack) ?? [];
  managersByStack.set(stack, [...others, manager]);
  return others
    .filter(({ tagKey, provider }) => tagKey === manager.tagKey && provider === manager.provider)
    .flatMap((other) => checkPair(manager, other));
}

/** One without a list looks after what the others don't know, too, and two do each other no harm. */
function checkPair({ pools = [] }: ManagerScope, other: ManagerScope): Mistake[] {
  const shared = pools.filter((pool) => other.pools?.includes(pool));
  if (shared.length === 0) return [];
  const list = (names: string[]) => shorten(names.join(", "), 400);
  const conflict = `but the manager ${show(other.name)} looks after ${list(shared)}, too`;
  const message = `has ${list(pools)}, ${conflict}; write every pool in one of them`;
  return [{ path: ["pools"], message }];
}
