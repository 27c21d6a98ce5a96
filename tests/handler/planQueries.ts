/** What the specs of the promises ask of a snapshot and of a plan. */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Action,
  claimSubject,
  endSubject,
  hookSubject,
  pairSubject,
  type Plan,
  type PoolInterface,
  type Settings,
  type Snapshot,
} from "../../handler/model";
import { isOnDemand, poolsOfTag } from "./arbitrarySettings";
import { draws, recentIds } from "./arbitrarySnapshots";

type ActionOf<Kind extends Action["kind"]> = Extract<Action, { kind: Kind }>;

/** Checks many values, which are drawn once for all checks; where one fails, fast-check shrinks it. */
export function drawnOnce<Value>(arbitrary: fc.Arbitrary<Value>) {
  let drawn: Value[] | undefined;
  return (check: (value: Value) => void): void => {
    drawn ??= fc.sample(arbitrary, draws);
    try {
      for (const value of drawn) check(value);
    } catch (error) {
      fc.assert(fc.property(arbitrary, check), draws);
      throw error;
    }
  };
}

export function actionsOf<Kind extends Action["kind"]>(
  { actions }: Plan,
  kind: Kind,
): ActionOf<Kind>[] {
  return actions.filter((action): action is ActionOf<Kind> => action.kind === kind);
}

/** What is asked of EC2, in the order in which it would be. */
export function movesOf({ actions }: Plan): Action[] {
  return actions.filter(({ kind }) => kind !== "complete" && kind !== "heartbeat");
}

/** Tagged for the pool and alive, whatever its group does with it. */
function isAlive(observed: Snapshot, instanceId: string, pool: string): boolean {
  const { poolTag, state = "gone" } = observed.instances[instanceId] ?? {};
  return poolsOfTag(poolTag).includes(pool) && ["pending", "running"].includes(state);
}

/** Alive, and neither leaving its group nor parked. */
export function isHealthy(observed: Snapshot, instanceId: string, pool: string): boolean {
  const lifecycleState = observed.memberships[instanceId]?.lifecycleState ?? "";
  return isAlive(observed, instanceId, pool) && !/^(Terminat|Warmed:)/.test(lifecycleState);
}

/** Healthy, or kept alive for somebody to look at: what it holds stays with it. */
export function isKeeper(observed: Snapshot, instanceId: string, pool: string): boolean {
  const isRetained = observed.memberships[instanceId]?.lifecycleState === "Terminating:Retained";
  return (
    isHealthy(observed, instanceId, pool) || (isRetained && isAlive(observed, instanceId, pool))
  );
}

/** The interfaces of a pool that the snapshot shows on an instance. */
export function heldIds(observed: Snapshot, instanceId: string, pool: string): string[] {
  return observed.interfaces
    .filter((one) => one.pool === pool && one.attachment?.instanceId === instanceId)
    .map(({ networkInterfaceId }) => networkInterfaceId);
}

/** The interfaces of a pool that the snapshot shows on an instance, or that were given to it just now. */
export function givenIds(observed: Snapshot, instanceId: string, pool: string): string[] {
  const recent = recentIds(observed, instanceId);
  return [
    ...heldIds(observed, instanceId, pool),
    ...recent.filter((id) => findInterface(observed, id).pool === pool),
  ];
}

/** Those of them that aren't coming off. */
export function stayingIds(observed: Snapshot, instanceId: string, pool: string): string[] {
  const isComingOff = (id: string) =>
    findInterface(observed, id).attachment?.status === "detaching";
  return givenIds(observed, instanceId, pool).filter((id) => !isComingOff(id));
}

/** Ends or is gone, and so wants no interface any more. */
export function isOver(observed: Snapshot, instanceId: string): boolean {
  const { state = "gone" } = observed.instances[instanceId] ?? {};
  return ["shutting-down", "terminated", "gone"].includes(state);
}

export function findInterface(observed: Snapshot, networkInterfaceId: string): PoolInterface {
  const found = observed.interfaces.find((one) => one.networkInterfaceId === networkInterfaceId);
  return found ?? assert.fail(`there is no ${networkInterfaceId}`);
}

/** Whether an interface was made on demand, for somebody who is known. */
export function isMade({ pool, madeFor }: PoolInterface, chosen: Settings): boolean {
  return madeFor !== undefined && isOnDemand(pool, chosen);
}

/** All under which a refusal of this action would be kept. */
export function subjectsOf(action: Action): string[] {
  switch (action.kind) {
    case "attach": {
      const { instanceId, networkInterfaceId, pool } = action;
      const pair = pairSubject(instanceId, networkInterfaceId);
      return [instanceId, networkInterfaceId, claimSubject(instanceId, pool), pair];
    }
    case "create":
      return [action.instanceId, claimSubject(action.instanceId, action.pool)];
    case "detach":
      return [action.attachmentId];
    case "endWithInstance":
      return [endSubject(action.attachmentId)];
    case "delete":
      return [action.networkInterfaceId];
    case "complete":
    case "heartbeat":
      return [hookSubject(action)];
  }
}
