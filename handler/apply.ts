import type { NetworkInterface } from "@aws-sdk/client-ec2";
import type { AwsCalls } from "./clients";
import { classifyError, INCOMPLETE_ANSWER, type Refusal } from "./errors";
import { settingsOf } from "./settings";
import { sleep } from "./sleep";
import type { Action, ActionOf, Settings } from "./types";

/** To one service: enough to empty EC2's bucket of 50 in two seconds. */
const MAX_CALLS_AT_ONCE = 10;

/**
 * EC2's bucket of calls that change something, per account and Region, and how fast it is filled. Calls
 * that find it empty wait longer than those that come as it is filled: with every refusal the SDK
 * doubles its pause.
 */
const EC2_CALLS_AT_FIRST = 50;
const EC2_REFILL_MS = 200;

/** What was read longer ago than this may be over, and with it the reason to take an interface away. */
const MAX_EVIDENCE_AGE_MS = 10_000;

/** So many attachments that another manager made first say that the rest of the list is old, too. */
const MOST_LOST_RACES = 3;

/** What actions are carried out within; times in milliseconds, asked before every call. */
interface Budget {
  settings: Settings;
  /** What is left; when there is none, no call is begun. */
  remainingMs: () => number;
  /** Since the read began that the actions rest on; on an old one nothing is taken away. */
  evidenceAgeMs: () => number;
  /** Whether another manager works on the same pools: then each begins somewhere else. */
  isShared: boolean;
}

export interface Outcome {
  action: Action;
  /** The interface that was made, as EC2 answered. */
  created?: NetworkInterface;
  /** Absent when AWS accepted the call, or the world was already as it wanted. */
  refusal?: Refusal;
}

/**
 * Carries the actions out, a few at once, those of lifecycle hooks beside those of EC2, since Auto Scaling
 * has limits of its own; an error becomes an outcome, never an exception.
 *
 * @returns nothing of actions that were not begun
 */
export async function applyActions(
  actions: Action[],
  aws: AwsCalls,
  budget: Budget,
): Promise<Outcome[]> {
  const isOfHook = ({ kind }: Action) => kind === "complete" || kind === "heartbeat";
  const ofHooks = actions.filter(isOfHook);
  const ofEc2 = actions.filter((action) => !isOfHook(action));
  const outcomes = await Promise.all([
    applyInOrder(ofHooks, aws, budget),
    applyInOrder(budget.isShared ? attachFromElsewhere(ofEc2, budget) : ofEc2, aws, budget),
  ]);
  return outcomes.flat();
}

/** Two managers that begin at different attachments of one list meet only once; no two began at the same moment. */
function attachFromElsewhere(actions: Action[], { remainingMs }: Budget): Action[] {
  const attaches = actions.filter(({ kind }) => kind === "attach");
  const start = Math.floor(remainingMs()) % Math.max(1, attaches.length);
  const inTurn = [...attaches.slice(start), ...attaches.slice(0, start)].values();
  return actions.map((action) =>
    action.kind === "attach" ? (inTurn.next().value ?? action) : action,
  );
}

async function applyInOrder(actions: Action[], aws: AwsCalls, budget: Budget): Promise<Outcome[]> {
  const { remainingMs } = budget;
  const outcomes: Outcome[] = [];
  const beginMs = remainingMs();
  let begun = 0;
  const workers = Array.from({ length: Math.min(MAX_CALLS_AT_ONCE, actions.length) }, async () => {
    while (remainingMs() > 0) {
      const action = actions[begun];
      if (action === undefined) return;
      begun += 1;
      const aheadMs = remainingMs() - beginMs + fillTimeMs(action, begun);
      if (isOutdated(action, Math.max(0, aheadMs), outcomes, budget)) continue;
      if (aheadMs >= remainingMs()) return;
      if (aheadMs > 0) await sleep(aheadMs);
      outcomes.push(await carryOut(action, aws, budget.settings));
    }
  });
  await Promise.all(workers);
  return outcomes;
}

/** Whether what an action rests on may be over by now. */
function isOutdated(
  action: Action,
  aheadMs: number,
  outcomes: Outcome[],
  { evidenceAgeMs }: Budget,
): boolean {
  if (takesAway(action)) return evidenceAgeMs() + aheadMs > MAX_EVIDENCE_AGE_MS;
  return action.kind === "attach" && outcomes.filter(isLostRace).length >= MOST_LOST_RACES;
}

export function takesAway(action: Action): action is ActionOf<"detach" | "delete"> {
  return action.kind === "detach" || action.kind === "delete";
}

/** Whether somebody else was quicker to attach the interface, or another to the instance. */
export function isLostRace({ action, refusal }: Outcome): boolean {
  const isTaken = refusal?.code.endsWith(".InUse") === true || refusal?.blames === "deviceIndex";
  return action.kind === "attach" && isTaken;
}

/** How long EC2's bucket takes to have a token for an action. */
function fillTimeMs({ kind }: Action, number: number): number {
  const isOfBucket = kind === "attach" || kind === "detach";
  return isOfBucket ? (number - EC2_CALLS_AT_FIRST) * EC2_REFILL_MS : 0;
}

async function carryOut(action: Action, aws: AwsCalls, settings: Settings): Promise<Outcome> {
  try {
    if (action.kind === "create") return { action, created: await create(action, aws) };
    await applyAction(action, aws, settings);
    return { action };
  } catch (error) {
    const refusal = classifyError(error, action);
    return refusal.class === "done" ? { action } : { action, refusal };
  }
}

async function create(action: ActionOf<"create">, aws: AwsCalls): Promise<NetworkInterface> {
  const created = await aws.createNetworkInterface(action);
  if (created.NetworkInterfaceId !== undefined) return created;
  throw Object.assign(new Error("what was made has no id"), { name: INCOMPLETE_ANSWER });
}

async function applyAction(
  action: Exclude<Action, { kind: "create" }>,
  aws: AwsCalls,
  settings: Settings,
): Promise<void> {
  switch (action.kind) {
    case "attach":
      return aws.attachNetworkInterface({
        NetworkInterfaceId: action.networkInterfaceId,
        InstanceId: action.instanceId,
        DeviceIndex: action.deviceIndex,
        NetworkCardIndex: action.networkCardIndex,
        ...enaOptionsOf(action, settings),
      });
    case "detach":
      return aws.detachNetworkInterface({
        AttachmentId: action.attachmentId,
        Force: action.force,
      });
    case "endWithInstance":
      return aws.modifyNetworkInterfaceAttribute({
        NetworkInterfaceId: action.networkInterfaceId,
        Attachment: { AttachmentId: action.attachmentId, DeleteOnTermination: true },
      });
    case "delete":
      return aws.deleteNetworkInterface({ NetworkInterfaceId: action.networkInterfaceId });
    case "complete":
      return aws.completeLifecycleAction({
        AutoScalingGroupName: action.groupName,
        LifecycleHookName: action.lifecycleHookName,
        LifecycleActionResult: action.result,
        ...(action.lifecycleActionToken === undefined
          ? { InstanceId: action.instanceId }
          : { LifecycleActionToken: action.lifecycleActionToken }),
      });
    case "heartbeat":
      return aws.recordLifecycleActionHeartbeat({
        AutoScalingGroupName: action.groupName,
        LifecycleHookName: action.lifecycleHookName,
        InstanceId: action.instanceId,
      });
  }
}

/** ENA Express and the number of queues belong to the attachment, and are lost with every move. */
function enaOptionsOf({ pool }: ActionOf<"attach">, settings: Settings) {
  const { enaSrd, enaQueueCount } = settingsOf(pool, settings);
  const forUdp = { EnaSrdUdpEnabled: enaSrd === "tcpAndUdp" };
  return {
    ...(enaSrd === undefined
      ? {}
      : { EnaSrdSpecification: { EnaSrdEnabled: true, EnaSrdUdpSpecification: forUdp } }),
    ...(enaQueueCount === undefined ? {} : { EnaQueueCount: enaQueueCount }),
  };
}
