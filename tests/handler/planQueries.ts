/** What the specs of the promises ask of a world and of its assessment. */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Action,
  actionKey,
  type ActionOf,
  ageKey,
  type Assessment,
  claimKey,
  type PoolInterface,
  type Settings,
  slotKey,
  type Status,
  type World,
} from "../../handler/types";
import { isOnDemand, poolsOfTag } from "./arbitrarySettings";
import { draws, recentIds } from "./arbitrarySnapshots";

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

export function statusesIn({ interfaces, claims, hooks }: Assessment): Status<string>[] {
  return [...interfaces, ...claims, ...hooks];
}

/** All there is to do, in the order in which a reconcile does it. */
export function actionsIn({ interfaces, claims, hooks }: Assessment): Action[] {
  const actions = [...claims, ...interfaces, ...hooks].flatMap(({ action }) => action ?? []);
  const isDetach = ({ kind }: Action) => kind === "detach";
  return [...actions.filter(isDetach), ...actions.filter((action) => !isDetach(action))];
}

export function actionsOf<Kind extends Action["kind"]>(
  assessment: Assessment,
  kind: Kind,
): ActionOf<Kind>[] {
  return actionsIn(assessment).filter((one): one is ActionOf<Kind> => one.kind === kind);
}

/** What is asked of EC2, in the order in which it would be; what was refused isn't asked for again. */
export function movesOf(assessment: Assessment, { backoffs }: World): Action[] {
  return actionsIn(assessment).filter(
    (action) =>
      action.kind !== "complete" &&
      action.kind !== "heartbeat" &&
      backoffs[actionKey(action)] === undefined,
  );
}

/** Tagged for the pool and alive, whatever its group does with it. */
function isAlive(observed: World, instanceId: string, pool: string): boolean {
  const { poolTag, state = "gone" } = observed.instances[instanceId] ?? {};
  return poolsOfTag(poolTag).includes(pool) && ["pending", "running"].includes(state);
}

/** Alive, and neither leaving its group nor parked. */
export function isHealthy(observed: World, instanceId: string, pool: string): boolean {
  const lifecycleState = observed.memberships[instanceId]?.lifecycleState ?? "";
  return isAlive(observed, instanceId, pool) && !/^(Terminat|Warmed:)/.test(lifecycleState);
}

/** Healthy, or kept alive for somebody to examine: what it holds stays with it. */
export function isKeeper(observed: World, instanceId: string, pool: string): boolean {
  const isRetained =
    observed.memberships[instanceId]?.lifecycleState.endsWith(":Retained") ?? false;
  return (
    isHealthy(observed, instanceId, pool) || (isRetained && isAlive(observed, instanceId, pool))
  );
}

/** The interfaces of a pool that the world shows on an instance. */
export function heldIds(observed: World, instanceId: string, pool: string): string[] {
  return observed.interfaces
    .filter((one) => one.pool === pool && one.attachment?.instanceId === instanceId)
    .map(({ networkInterfaceId }) => networkInterfaceId);
}

/** The interfaces of a pool that the world shows on an instance, or that were given to it just now. */
export function givenIds(observed: World, instanceId: string, pool: string): string[] {
  const recent = recentIds(observed, instanceId);
  return [
    ...heldIds(observed, instanceId, pool),
    ...recent.filter((id) => findInterface(observed, id).pool === pool),
  ];
}

/** Those of them that aren't coming off, nor stuck on their way. */
export function stayingIds(observed: World, instanceId: string, pool: string): string[] {
  const isComingOff = (id: string) => {
    const { status } = findInterface(observed, id).attachment ?? {};
    return status === "detaching" || (status === "attaching" && isStuck(observed, id));
  };
  return givenIds(observed, instanceId, pool).filter((id) => !isComingOff(id));
}

/** Whether an interface has been attaching for too long. */
export function isStuck({ ageMs }: World, networkInterfaceId: string): boolean {
  return (ageMs[ageKey("attaching", networkInterfaceId)] ?? 0) >= 240_000;
}

/** Ends or is gone, and so wants no interface any more. */
export function isOver(observed: World, instanceId: string): boolean {
  const { state = "gone" } = observed.instances[instanceId] ?? {};
  return ["shutting-down", "terminated", "gone"].includes(state);
}

export function findInterface(observed: World, networkInterfaceId: string): PoolInterface {
  const found = observed.interfaces.find((one) => one.networkInterfaceId === networkInterfaceId);
  return found ?? assert.fail(`there is no ${networkInterfaceId}`);
}

/** Whether an interface was made on demand, for somebody who is known. */
export function isMade({ pool, madeFor }: PoolInterface, chosen: Settings): boolean {
  return madeFor !== undefined && isOnDemand(pool, chosen);
}

export function claimOf({ instanceId, pool }: ActionOf<"attach" | "create">): string {
  return claimKey(instanceId, pool);
}

/** All under which a refusal of this action would be kept; what nobody waits for is held back elsewhere. */
export function keysOf(action: Action): string[] {
  switch (action.kind) {
    case "attach": {
      const { instanceId, networkInterfaceId, pool } = action;
      const claim = claimKey(instanceId, pool);
      return [
        ...[instanceId, networkInterfaceId, claim],
        ...[slotKey(instanceId, action), actionKey(action)],
      ];
    }
    case "create":
      return [action.instanceId, actionKey(action)];
    case "detach":
      return [actionKey(action)];
    case "endWithInstance":
    case "delete":
    case "complete":
    case "heartbeat":
      return [];
  }
}
