import type { Outcome } from "./apply";
import type { Log } from "./clients";
import type { Action, Assessment, Status } from "./types";

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

/** A line of a log has its limits. */
const MAX_NAMED = 10;

/** A person has to change something. */
const PROBLEMS: string[] = ["foreign", "doubted", "exhausted", "blocked"];
/** An event will tell, or nothing is to be told. */
const SILENT: string[] = ["free", "attached", "served", "reserved"];

/**
 * The log of one reconcile: a line a decision, the same thing never twice, and a summary.
 *
 * @param explained what the process said of instances that aren't even waiting: the reason by instance id
 */
export function createReport(log: Log, explained: Map<string, string>) {
  const said = new Set<string>();
  const counts = { ...noCounts };
  const isNew = (reason: string): boolean => said.size < said.add(reason).size;
  return {
    assessment({ interfaces, claims, hooks }: Assessment): void {
      for (const status of [...interfaces, ...claims, ...hooks]) {
        const { state, reason } = status;
        if (reason === "" || state === "ineligible" || SILENT.includes(state) || !isNew(reason))
          continue;
        if (PROBLEMS.includes(state)) log.warn(reason, { problem: factsOf(status) });
        else log.info(reason, { waiting: factsOf(status) });
      }
      explain(claims, log, explained);
    },
    outcome({ action, refusal }: Outcome): void {
      const line = describeAction(action);
      if (refusal === undefined) {
        counts[action.kind] += 1;
        log.info(line, { action });
      } else {
        counts.refused += 1;
        log.warn(`${line}: refused: ${refusal.code}: ${refusal.message}`, { action, refusal });
      }
    },
    /** @param heldBack what is to be done and isn't done now, and why */
    heldBack(heldBack: { action: Action; why: string }[]): void {
      if (heldBack.length === 0) return;
      const named = heldBack.slice(0, MAX_NAMED);
      const lines = named.map(({ action, why }) => `${describeAction(action)} (${why})`);
      const more = heldBack.length - named.length;
      if (more > 0) lines.push(`and ${more} more`);
      log.warn(`held back: ${lines.join("; ")}`, { heldBack: named });
    },
    summary(
      summary: { wokenBy: string[]; rounds: number; settled: boolean },
      { interfaces, claims }: Assessment,
    ): void {
      const statuses = [...interfaces, ...claims];
      const problems = statuses.filter(({ state }) => PROBLEMS.includes(state)).length;
      // An attachment is what its instance waits for.
      const waiting = [...interfaces.filter(({ state }) => state !== "attaching"), ...claims];
      const waits = waiting.filter(
        ({ state }) => ![...PROBLEMS, ...SILENT, "ineligible"].includes(state),
      ).length;
      const facts = { ...summary, ...counts, waits, problems };
      const text = summary.settled ? "settled" : "not settled: the next event goes on";
      log.info(text, { summary: facts });
    },
  };
}

function factsOf({ pool, state, instanceId, networkInterfaceId, address }: Status<string>) {
  return { pool, state, instanceId, networkInterfaceId, address };
}

/** Said once by a process rather than in every reconcile: it may stay so for months. */
function explain(claims: Status<string>[], log: Log, explained: Map<string, string>): void {
  const ineligible = claims.filter(({ state }) => state === "ineligible");
  for (const status of ineligible) {
    const { instanceId = "", reason } = status;
    if (explained.get(instanceId) !== reason) log.info(reason, { ineligible: factsOf(status) });
  }
  explained.clear();
  for (const { instanceId = "", reason } of ineligible) explained.set(instanceId, reason);
}

function describeAction(action: Action): string {
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
