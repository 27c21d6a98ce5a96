import { LAUNCH_HOOK_NAME, TERMINATE_HOOK_NAME } from "./names";
import {
  type Action,
  hookSubject,
  type Plan,
  type PoolStanding,
  type Settings,
  type Snapshot,
} from "./model";
import { managedPoolsIn, whenExhaustedOf } from "./verdict";

type HookAction = Extract<Action, { kind: "complete" | "heartbeat" }>;

/**
 * Adds what the lifecycle hooks of the tagged groups need: a launch goes on when its address is
 * attached, a termination when the address is off.
 *
 * @param standings how every eligible instance stands with its pools, by instance id
 * @param occupied instances that have an interface of a pool, or still have to give one back
 */
export function planLifecycleHooks(
  standings: Map<string, PoolStanding[]>,
  occupied: Set<string>,
  snapshot: Snapshot,
  settings: Settings,
  plan: Plan,
): void {
  const warming = planWarming(snapshot, settings, plan);
  const members = Object.entries(snapshot.memberships).filter(([, { lifecycleState }]) =>
    lifecycleState.endsWith(":Wait"),
  );
  for (const [instanceId, membership] of members.sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { poolTag, groupName, lifecycleState } = membership;
    const [pool] = managedPoolsIn(poolTag, settings);
    if (pool === undefined) continue;
    const instance = snapshot.instances[instanceId];
    const isWorking = instance?.state === "running" || instance?.state === "pending";
    const launch = { pool, groupName, lifecycleHookName: LAUNCH_HOOK_NAME, instanceId };
    const termination = { pool, groupName, lifecycleHookName: TERMINATE_HOOK_NAME, instanceId };
    const next = { kind: "complete", result: "CONTINUE" } as const;
    let actions: (HookAction | undefined)[] = [];
    switch (lifecycleState) {
      case "Pending:Wait":
        if (instance === undefined) {
          const reason = `${instanceId} has no address: EC2 doesn't show it with the tag ${settings.tagKey} yet`;
          plan.waits.push({ kind: "pending", pool, instanceId, watch: true, reason });
        } else if (instance.poolTag === undefined) {
          const reason = `${instanceId} has no address: its group ${groupName} has the tag ${settings.tagKey}, the instance hasn't`;
          plan.problems.push({ kind: "memberWithoutTag", pool, instanceId, reason });
        } else if (instance.state === "shutting-down" || instance.state === "terminated") {
          actions = [{ ...next, ...launch, result: "ABANDON", because: "instanceGone" }];
        } else {
          actions = [launchAction(launch, standings.get(instanceId) ?? [], settings)];
        }
        break;
      case "Warmed:Pending:Wait":
        if (isWorking && occupied.has(instanceId)) {
          const reason = `${instanceId} is parked when its address is off it`;
          plan.waits.push({ kind: "releasing", pool, instanceId, watch: true, reason });
          break;
        }
        // The launch hook holds whoever comes new into the pool, and is answered by its event's token.
        if (warming.has(instanceId)) break;
        actions = [{ ...next, ...termination, because: "parkedInWarmPool" }];
        break;
      // The terminate hook fires for it, too, but the instance and its interfaces stay.
      case "ReplacingRootVolume:Wait":
        actions = [{ ...next, ...termination, because: "addressStays" }];
        break;
      case "Terminating:Wait":
      case "Warmed:Terminating:Wait":
        if (!isWorking) {
          actions = [{ ...next, ...termination, because: "instanceGone" }];
        } else if (!occupied.has(instanceId)) {
          actions = [{ ...next, ...termination, because: "addressReleased" }];
        } else {
          const reason = `${instanceId} goes when its address is off it`;
          plan.waits.push({ kind: "releasing", pool, instanceId, watch: true, reason });
        }
    }
    for (const action of actions) {
      if (action !== undefined && snapshot.deferred[hookSubject(action)] === undefined) {
        plan.actions.push(action);
      }
    }
  }
}

/**
 * Lets launches into warm pools go on. By the instance's id the answer might be taken for that of the same
 * hook when the instance leaves the pool, where it waits for its address: a look may lag that long behind.
 *
 * @returns the instances that are launched so
 */
function planWarming(snapshot: Snapshot, settings: Settings, plan: Plan): Set<string> {
  const warming = new Set<string>();
  for (const { instanceId, groupName, lifecycleActionToken } of snapshot.warmingActions) {
    const [pool] = managedPoolsIn(snapshot.instances[instanceId]?.poolTag, settings);
    if (pool === undefined) continue;
    warming.add(instanceId);
    const action: HookAction = {
      kind: "complete",
      pool,
      groupName,
      lifecycleHookName: LAUNCH_HOOK_NAME,
      instanceId,
      lifecycleActionToken,
      result: "CONTINUE",
      because: "parkedInWarmPool",
    };
    if (snapshot.deferred[hookSubject(action)] === undefined) plan.actions.push(action);
  }
  return warming;
}

function launchAction(
  launch: Omit<Extract<HookAction, { kind: "heartbeat" }>, "kind" | "because">,
  standings: PoolStanding[],
  settings: Settings,
): HookAction | undefined {
  const exhausted = standings.filter(({ standing }) => standing === "exhausted");
  const choices = exhausted.map(({ pool }) => whenExhaustedOf(pool, settings));
  const some = (wanted: PoolStanding["standing"]) =>
    standings.some(({ standing }) => standing === wanted);
  if (choices.includes("abandon")) {
    return { kind: "complete", ...launch, result: "ABANDON", because: "poolExhausted" };
  }
  if (standings.length === 0 || some("refused") || choices.includes("wait")) return undefined;
  if (some("returning")) return { kind: "heartbeat", ...launch, because: "holderLeaves" };
  if (some("onItsWay")) return undefined;
  const because = exhausted.length === 0 ? "addressAttached" : "poolExhausted";
  return { kind: "complete", ...launch, result: "CONTINUE", because };
}
