import { groupBy } from "../groupBy";
import { LAUNCH_HOOK_NAME, TERMINATE_HOOK_NAME } from "../names";
import { managedPoolsIn, whenExhaustedOf } from "../settings";
import { type ActionOf, type Assessment, ageKey, type Instance, type Membership } from "../types";
import type { Basis } from "./basis";
import type { ClaimStatus } from "./claims";
import { compareText } from "./eligibility";
import { FIRST_RELEASE_MS, releaseRecheckMs } from "./release";

type HookStatus = Assessment["hooks"][number];

/** A member of a tagged group whose lifecycle action waits for an answer. */
interface Member extends Membership {
  instanceId: string;
  instance: Instance | undefined;
  pool: string;
  /** How it stands with each of its pools, if it is eligible. */
  claims: ClaimStatus[];
  /** Whether it has a fixed interface, or still has to give one back. */
  isOccupied: boolean;
}

/** By lifecycle state; the other states wait for nobody, or not for the manager. */
const answers: Record<string, (member: Member, basis: Basis) => HookStatus | undefined> = {
  "Pending:Wait": answerLaunch,
  "Warmed:Pending:Wait": answerParking,
  // The terminate hook fires for it, too, but the instance and its interfaces stay.
  "ReplacingRootVolume:Wait": (member) => answerTermination(member, "addressStays"),
  "Terminating:Wait": answerEnd,
  "Warmed:Terminating:Wait": answerEnd,
};

/**
 * Answers the lifecycle hooks of the tagged groups: a launch goes on when its address is attached, a
 * termination when the address is detached.
 */
export function assessLifecycleHooks(
  claims: ClaimStatus[],
  occupied: ReadonlySet<string>,
  basis: Basis,
): HookStatus[] {
  const { memberships, instances, settings } = basis;
  const claimsByInstance = groupBy(claims, ({ instanceId }) => instanceId);
  const members = Object.entries(memberships).sort(([a], [b]) => compareText(a, b));
  const statuses = members.flatMap(([instanceId, membership]) => {
    const { lifecycleState, poolTag } = membership;
    const answer = Object.hasOwn(answers, lifecycleState) ? answers[lifecycleState] : undefined;
    const [pool] = managedPoolsIn(poolTag, settings);
    if (answer === undefined || pool === undefined) return [];
    const member: Member = {
      ...{ ...membership, instanceId, pool },
      instance: instances[instanceId],
      claims: claimsByInstance.get(instanceId) ?? [],
      isOccupied: occupied.has(instanceId),
    };
    return answer(member, basis) ?? [];
  });
  return [...answerWarmPoolLaunches(basis), ...statuses];
}

/**
 * Lets launches into warm pools go on. The same launch hook fires twice: when an instance enters the warm
 * pool and when it leaves. Only the token tells the two actions apart.
 */
function answerWarmPoolLaunches(basis: Basis): HookStatus[] {
  const { warmPoolLaunches, groupTags, settings } = basis;
  return warmPoolLaunches.flatMap(({ instanceId, groupName, lifecycleActionToken }) => {
    const [pool] = managedPoolsIn(groupTags[groupName], settings);
    if (pool === undefined) return [];
    const hook = { lifecycleHookName: LAUNCH_HOOK_NAME, lifecycleActionToken };
    const action: ActionOf<"complete"> = {
      ...{ kind: "complete", pool, groupName, ...hook, instanceId },
      ...{ result: "CONTINUE", because: "parkedInWarmPool" },
    };
    return [{ pool, instanceId, state: "answered", reason: "", action }];
  });
}

function answerLaunch(member: Member, { isFullRead, settings }: Basis): HookStatus | undefined {
  const { instanceId, instance, pool, claims } = member;
  if (instance?.poolTag === undefined) return undefined;
  if (instance.state === "shutting-down" || instance.state === "terminated") {
    return answered(member, LAUNCH_HOOK_NAME, "ABANDON", "instanceGone");
  }
  const some = (...states: string[]) => claims.some(({ state }) => states.includes(state));
  const hopeless = claims.filter(({ state }) => ["exhausted", "spare", "blocked"].includes(state));
  const choices = hopeless.map((claim) => whenExhaustedOf(claim.pool, settings));
  const waiting: HookStatus = { pool, instanceId, state: "waiting", reason: "" };
  if (choices.includes("abandon")) {
    if (!isFullRead) return { ...waiting, recheckMs: 0 };
    return answered(member, LAUNCH_HOOK_NAME, "ABANDON", "poolExhausted");
  }
  if (claims.length === 0 || some("refused") || choices.includes("wait")) return waiting;
  if (some("waiting")) return { ...waiting, action: heartbeat(member) };
  if (some("attaching")) return waiting;
  if (hopeless.length === 0) {
    return answered(member, LAUNCH_HOOK_NAME, "CONTINUE", "addressAttached");
  }
  if (!isFullRead) return { ...waiting, recheckMs: 0 };
  return answered(member, LAUNCH_HOOK_NAME, "CONTINUE", "poolExhausted");
}

function answerParking(member: Member, basis: Basis): HookStatus | undefined {
  if (isWorking(member) && member.isOccupied) return waitForRelease(member, basis);
  // The launch hook holds whoever comes new into the pool, and is answered by its event's token.
  const isWarming = basis.warmPoolLaunches.some(
    ({ instanceId }) => instanceId === member.instanceId,
  );
  return isWarming ? undefined : answerTermination(member, "parkedInWarmPool");
}

function answerEnd(member: Member, basis: Basis): HookStatus {
  if (!isWorking(member)) return answerTermination(member, "instanceGone");
  return member.isOccupied
    ? waitForRelease(member, basis)
    : answerTermination(member, "addressReleased");
}

function isWorking({ instance }: Member): boolean {
  return instance?.state === "running" || instance?.state === "pending";
}

function waitForRelease(
  { instanceId, pool, lifecycleState }: Member,
  { ageMs }: Basis,
): HookStatus {
  const waitsForMs = ageMs[ageKey("leaving", instanceId)] ?? 0;
  const reason = `${instanceId} stays in ${lifecycleState} until its address is detached`;
  const recheckMs = releaseRecheckMs(waitsForMs >= FIRST_RELEASE_MS);
  return { pool, instanceId, state: "waiting", reason, recheckMs };
}

function answerTermination(member: Member, because: ActionOf<"complete">["because"]): HookStatus {
  return answered(member, TERMINATE_HOOK_NAME, "CONTINUE", because);
}

function answered(
  { instanceId, pool, groupName }: Member,
  lifecycleHookName: string,
  result: "CONTINUE" | "ABANDON",
  because: ActionOf<"complete">["because"],
): HookStatus {
  const hook = { pool, groupName, lifecycleHookName, instanceId };
  const action: ActionOf<"complete"> = { kind: "complete", ...hook, result, because };
  return { pool, instanceId, state: "answered", reason: "", action };
}

function heartbeat({ instanceId, pool, groupName }: Member): ActionOf<"heartbeat"> {
  const hook = { pool, groupName, lifecycleHookName: LAUNCH_HOOK_NAME, instanceId };
  return { kind: "heartbeat", ...hook, because: "holderLeaves" };
}
