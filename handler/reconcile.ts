import { applyActions, type Outcome } from "./apply";
import type { Log, Meter } from "./clients";
import type { WakeUp } from "./events";
import { findIneligible, type Ineligible } from "./ineligible";
import {
  createLessons,
  learnFrom,
  type Memory,
  seeAttached,
  toSnapshot,
  noteWarmingActions,
} from "./learn";
import { createLooks, type LookedAt, RESERVED_MS } from "./looks";
import { type Course, type FirstSight, measure } from "./metrics";
import type { Action, Instance, Plan, Wait } from "./model";
import { pause } from "./pause";
import { planPools } from "./plan";

/** Attachments take one to three seconds: most are done at the first look, nearly all at the second. */
const FIRST_ATTACHING_PAUSE_MS = 2_000;
const ATTACHING_PAUSE_MS = 1_500;
/** While somebody waits for an address, or is about to, each is noticed at most this long after. */
const AWAITED_PAUSE_MS = 1_000;
/** A detachment takes one to four seconds, a standby's outage with it; a termination up to a minute and more. */
const FIRST_AWAITED_PAUSE_MS = 400;
const FIRST_AWAITED_LOOKS = 10;
/** After a refusal the world has moved on already. */
const REFUSED_PAUSE_MS = 300;

/** Looks at the interfaces alone between two looks at everything, so that nobody is overlooked. */
const MAX_INTERFACE_LOOKS_ATTACHING = 3;
const MAX_INTERFACE_LOOKS_RELEASING = 1;
/** As long as three of these take hardly longer than one of those. */
const MAX_FIRST_INTERFACE_LOOKS_RELEASING = 3;

const MAX_LOOKS = 150;

export interface Reconcile extends LookedAt {
  meter: Meter;
  memory: Memory;
  wakeUp: WakeUp;
}

/**
 * Makes the world as promised: looks, plans, acts, and looks again until nothing is left to do or to
 * watch, or the time is nearly up. What is left then, the next event or the schedule takes up.
 *
 * @throws whatever a describe call throws however often it is tried: the queue delivers the event again
 */
export async function reconcilePools(reconcile: Reconcile): Promise<void> {
  const { aws, log, meter, settings, memory, wakeUp, remainingMs } = reconcile;
  const lessons = createLessons();
  // Within an invocation the context's clock counts, which no correction of the machine's clock moves.
  const endMs = Date.now() + remainingMs();
  const report = createReport(log);
  const looks = createLooks(reconcile);
  noteWarmingActions(wakeUp.warmingActions, memory, endMs - remainingMs());
  const instances = wakeUp.startingInstanceIds && (await looks.instances());
  if (instances !== undefined && !isWorthALook(wakeUp, instances)) {
    log.info("nothing to do: what starts isn't tagged, or isn't running yet", {
      wokenBy: wakeUp.reasons,
    });
    return;
  }
  let world = await looks.everything(instances);
  let interfaceLooks = 0;
  let awaitedLooks = 0;
  let settled = false;
  let last: Pick<Course, "snapshot" | "plan" | "nowMs"> | undefined;
  const allOutcomes: Outcome[] = [];
  const firstSights: FirstSight[] = [];
  while (lessons.look < MAX_LOOKS) {
    lessons.look += 1;
    const nowMs = endMs - remainingMs();
    const snapshot = toSnapshot(world, lessons, memory, wakeUp.announcedInstanceIds, nowMs);
    firstSights.push(...seeAttached(world, memory, nowMs));
    const plan = planPools(snapshot, settings);
    if (interfaceLooks > 0 && movesInterfaces(plan)) {
      world = await looks.everything();
      interfaceLooks = 0;
      continue;
    }
    report.plan(plan);
    report.ineligible(findIneligible(snapshot, settings), memory);
    last = { snapshot, plan, nowMs };
    const outcomes = await applyActions(plan.actions, aws, {
      // Not all that slow looks need: where one takes half of the time it would lead to nothing.
      remainingMs: () => remainingMs() - RESERVED_MS,
      lookAgeMs: looks.ageMs,
    });
    allOutcomes.push(...outcomes);
    for (const outcome of outcomes) {
      learnFrom(outcome, lessons, memory);
      report.outcome(outcome);
    }
    awaitedLooks = isOnItsWayBack(plan) ? awaitedLooks + 1 : 0;
    const next = nextLook(plan, outcomes, { look: lessons.look, awaitedLooks });
    settled = next === undefined;
    const kind = interfaceLooks < (next?.maxInterfaceLooks ?? 0) ? "interfaces" : "everything";
    if (next === undefined || remainingMs() < next.pauseMs + looks.neededMs(kind)) break;
    await pause(next.pauseMs);
    if (kind === "interfaces") {
      world = { ...world, interfaces: await looks.interfaces() };
      interfaceLooks += 1;
    } else {
      world = await looks.everything();
      interfaceLooks = 0;
    }
  }
  if (last === undefined) return;
  report.summary({ wokenBy: wakeUp.reasons, looks: lessons.look, settled }, last.plan);
  const { scheduled } = wakeUp;
  meter(measure({ ...last, outcomes: allOutcomes, firstSights, scheduled }, settings));
}

/**
 * Most events of an account are of instances without the tag. News of a start that concerns nobody, or
 * somebody whose `running` is still to come, costs one read.
 */
function isWorthALook(wakeUp: WakeUp, instances: Record<string, Instance>): boolean {
  const { startingInstanceIds, announcedInstanceIds } = wakeUp;
  return Object.values(instances).some(({ instanceId, state }) => {
    const isRunning = state !== "pending" || announcedInstanceIds.includes(instanceId);
    return startingInstanceIds?.includes(instanceId) && isRunning;
  });
}

/** Interfaces are moved only on a look at everything: the instances may have changed meanwhile. */
function movesInterfaces(plan: Plan): boolean {
  const moves = ["create", "attach", "detach", "delete"];
  return plan.actions.some(({ kind }) => moves.includes(kind));
}

/** Whether somebody waits for an address that comes back. */
function isOnItsWayBack({ waits }: Plan): boolean {
  const returns: Wait["kind"][] = ["releasing", "waitingForAddress"];
  return waits.some(({ kind, watch }) => watch && returns.includes(kind));
}

interface NextLook {
  pauseMs: number;
  maxInterfaceLooks: number;
}

/** How many looks there were, and how many of them while an address was coming back. */
interface LookCounts {
  look: number;
  awaitedLooks: number;
}

/** When to look again, and how; undefined when there is nothing to wait for. */
function nextLook(
  plan: Plan,
  outcomes: Outcome[],
  { look, awaitedLooks }: LookCounts,
): NextLook | undefined {
  const isRefused = outcomes.some(
    ({ refusal }) => refusal !== undefined && refusal.class !== "done",
  );
  const isLeftOut = outcomes.length < plan.actions.length;
  if (isRefused || isLeftOut) return { pauseMs: REFUSED_PAUSE_MS, maxInterfaceLooks: 0 };
  if (outcomes.some(({ action }) => action.kind === "create")) {
    return { pauseMs: AWAITED_PAUSE_MS, maxInterfaceLooks: 0 };
  }
  const watched = plan.waits.filter(({ watch }) => watch);
  // The event of an instance that starts meanwhile waits in the queue: only a look at everything sees it.
  const isQuiet = plan.waits.every(({ kind }) => kind !== "pending");
  if (watched.some(({ kind }) => kind !== "attaching")) {
    const isFirst = awaitedLooks > 0 && awaitedLooks <= FIRST_AWAITED_LOOKS;
    const most = isFirst ? MAX_FIRST_INTERFACE_LOOKS_RELEASING : MAX_INTERFACE_LOOKS_RELEASING;
    const pauseMs = isFirst ? FIRST_AWAITED_PAUSE_MS : AWAITED_PAUSE_MS;
    return { pauseMs, maxInterfaceLooks: isQuiet ? most : 0 };
  }
  const attaches = outcomes.some(({ action }) => action.kind === "attach" && action.watch);
  if (watched.length === 0 && !attaches) return undefined;
  if (!isQuiet) return { pauseMs: AWAITED_PAUSE_MS, maxInterfaceLooks: 0 };
  const pauseMs = look === 1 ? FIRST_ATTACHING_PAUSE_MS : ATTACHING_PAUSE_MS;
  return { pauseMs, maxInterfaceLooks: MAX_INTERFACE_LOOKS_ATTACHING };
}

const noCounts: Record<Action["kind"] | "refused", number> = {
  create: 0,
  attach: 0,
  endWithInstance: 0,
  detach: 0,
  delete: 0,
  complete: 0,
  heartbeat: 0,
  refused: 0,
};

/** The log of one reconcile: a line a decision, the same thing never twice, and a summary. */
function createReport(log: Log) {
  const said = new Set<string>();
  const counts = { ...noCounts };
  const isNew = (reason: string): boolean => said.size < said.add(reason).size;
  return {
    plan(plan: Plan): void {
      for (const wait of plan.waits) if (isNew(wait.reason)) log.info(wait.reason, { wait });
      for (const problem of plan.problems) {
        if (isNew(problem.reason)) log.warn(problem.reason, { problem });
      }
    },
    /** Said once by a process rather than with every look: it may stay so for months. */
    ineligible(found: Ineligible[], memory: Memory): void {
      for (const ineligible of found) {
        const { instanceId, reason } = ineligible;
        if (memory.explained.get(instanceId) !== reason) log.info(reason, { ineligible });
      }
      memory.explained = new Map(found.map(({ instanceId, reason }) => [instanceId, reason]));
    },
    outcome({ action, refusal }: Outcome): void {
      const line = describeAction(action);
      if (refusal === undefined || refusal.class === "done") {
        counts[action.kind] += 1;
        log.info(line, { action });
      } else {
        counts.refused += 1;
        log.warn(`${line}: refused: ${refusal.code}: ${refusal.message}`, { action, refusal });
      }
    },
    summary(
      facts: { wokenBy: string[]; looks: number; settled: boolean },
      { waits, problems }: Plan,
    ): void {
      const summary = { ...facts, ...counts, waits: waits.length, problems: problems.length };
      log.info(facts.settled ? "settled" : "not settled: the next event looks again", { summary });
    },
  };
}

function describeAction(action: Outcome["action"]): string {
  switch (action.kind) {
    case "attach":
      return `attach ${action.address} to ${action.instanceId}: ${action.because}`;
    case "detach":
      return `detach ${action.address} from ${action.instanceId}: ${action.because}`;
    case "create":
      return `create an interface in ${action.subnetId} for ${action.instanceId}: ${action.because}`;
    case "endWithInstance":
      return `let ${action.address} end with ${action.instanceId}: ${action.because}`;
    case "delete":
      return `delete ${action.address}: ${action.because}`;
    case "complete":
      return `${action.result} ${action.lifecycleHookName} of ${action.instanceId}: ${action.because}`;
    case "heartbeat":
      return `heartbeat ${action.lifecycleHookName} of ${action.instanceId}: ${action.because}`;
  }
}
