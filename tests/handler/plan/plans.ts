/** Cases of the planner as text: a world, see worldText.ts, and after `=>` the whole plan of it. */
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { findIneligible, type Ineligible } from "../../../handler/ineligible";
import type { Action, Problem, Wait } from "../../../handler/model";
import { planPools } from "../../../handler/plan";
import { GROUP, POOL } from "../builders";
import { readWorld, type World } from "./worldText";

/**
 * The first line says what is planned, as a title. After the world come the plan's actions, then its
 * waits, problems and notes, each after `=>`; where there are none it is `=> nothing`.
 */
export const plans = plansIn("");

/** The same in worlds that have something in common. */
export function plansIn(common: string): (text: string) => void {
  return (text) => {
    const [title = "", ...lines] = text.split("\n");
    it(title, () => {
      const [world = "", ...expected] = lines.join("\n").split("=>");
      assert.notDeepEqual(expected, [], "what is planned?");
      const wanted = expected.map((line) => line.trim());
      assert.equal(planOf(readWorld(`${common}  ${world}`)).join("\n"), wanted.join("\n"));
    });
  };
}

/** A plan, line by line. */
export function planOf({ observed, chosen }: World): string[] {
  const { actions, waits, problems } = planPools(observed, chosen);
  const lines = [
    ...actions.map((action) => actionLine(action, observed)),
    ...waits.map((wait) => waitLine(wait, observed)),
    ...problems.map((problem) => problemLine(problem, observed)),
    ...findIneligible(observed, chosen).map(noteLine),
  ];
  return lines.length === 0 ? ["nothing"] : lines;
}

/** Words about a thing; what they neither tell nor imply follows them. */
function line(words: string, thing: object, told: string[], implied: object = {}): string {
  const untold = Object.entries(thing).filter(
    ([name, value]) =>
      !told.includes(name) && !isDeepStrictEqual(value, Reflect.get(implied, name)),
  );
  return untold.length === 0 ? words : `${words} ${JSON.stringify(Object.fromEntries(untold))}`;
}

function ofPool(pool: string): string {
  return pool === POOL ? "" : ` of ${pool}`;
}

/** What the id of an interface implies: its address and its attachment. */
function impliedBy(networkInterfaceId: string | undefined, { interfaces }: World["observed"]) {
  const found = interfaces.find((one) => one.networkInterfaceId === networkInterfaceId);
  return { address: found?.address, attachmentId: found?.attachment?.attachmentId };
}

const TOLD_OF_ACTIONS = ["kind", "pool", "because", "instanceId", "networkInterfaceId"];

export function actionLine(action: Action, observed: World["observed"]): string {
  const { kind, pool, because } = action;
  const end = `${ofPool(pool)}, ${because}`;
  const told = TOLD_OF_ACTIONS;
  switch (kind) {
    case "attach":
      return attachLine(action, end, impliedBy(action.networkInterfaceId, observed));
    case "detach": {
      const { networkInterfaceId, instanceId, force } = action;
      const words = `${force ? "force" : "detach"} ${networkInterfaceId} from ${instanceId}${end}`;
      return line(words, action, [...told, "force"], impliedBy(networkInterfaceId, observed));
    }
    case "create": {
      const { instanceId, subnetId, securityGroupIds, token } = action;
      const words = `create for ${instanceId} in ${subnetId} with ${securityGroupIds.join(" ")}`;
      const first = `${instanceId}/of/${pool}`;
      const by = token === first ? "" : ` by ${token}`;
      const { availabilityZone } = observed.instances[instanceId] ?? {};
      const places = ["subnetId", "securityGroupIds", "token"];
      return line(words + by + end, action, [...told, ...places], { availabilityZone });
    }
    case "endWithInstance": {
      const { networkInterfaceId, instanceId } = action;
      const words = `end ${networkInterfaceId} with ${instanceId}${end}`;
      return line(words, action, told, impliedBy(networkInterfaceId, observed));
    }
    case "delete": {
      const { networkInterfaceId } = action;
      return line(
        `delete ${networkInterfaceId}${end}`,
        action,
        told,
        impliedBy(networkInterfaceId, observed),
      );
    }
    case "complete":
    case "heartbeat":
      return hookLine(action, end);
  }
}

type Of<Kind extends Action["kind"]> = Extract<Action, { kind: Kind }>;

function attachLine(action: Of<"attach">, end: string, implied: object): string {
  const { networkInterfaceId, instanceId, networkCardIndex, deviceIndex, watch } = action;
  const at = networkCardIndex === 0 ? deviceIndex : `${networkCardIndex}/${deviceIndex}`;
  const words = `attach ${networkInterfaceId} to ${instanceId} at ${at}${watch ? "" : " unwatched"}`;
  const places = ["networkCardIndex", "deviceIndex", "watch"];
  return line(words + end, action, [...TOLD_OF_ACTIONS, ...places], implied);
}

function hookLine(action: Of<"complete" | "heartbeat">, end: string): string {
  const hook = action.lifecycleHookName.replace("network-interface-pool-", "");
  const token = action.kind === "complete" ? action.lifecycleActionToken : undefined;
  const by = token === undefined ? "" : ` by ${token}`;
  const answer = action.kind === "complete" ? action.result : action.kind;
  const names = ["lifecycleHookName", "lifecycleActionToken", "result"];
  const told = [...TOLD_OF_ACTIONS, ...names];
  return line(`${answer} ${hook} of ${action.instanceId}${by}${end}`, action, told, {
    groupName: GROUP,
  });
}

const TOLD_OF_ALL = ["kind", "pool", "instanceId", "networkInterfaceId", "reason"];

function waitLine(wait: Wait, observed: World["observed"]): string {
  const { kind, pool, networkInterfaceId, instanceId, watch, reason } = wait;
  const subject = [networkInterfaceId, instanceId].filter(Boolean).join(" ");
  const words = `${kind} ${subject}${ofPool(pool)}${watch ? ", watched" : ""}: ${reason}`;
  return line(words, wait, [...TOLD_OF_ALL, "watch"], impliedBy(networkInterfaceId, observed));
}

function problemLine(problem: Problem, observed: World["observed"]): string {
  const { kind, pool, networkInterfaceId, instanceId, reason } = problem;
  const subject = [networkInterfaceId, instanceId].filter(Boolean).join(" ");
  const words = `problem ${kind} ${subject}${ofPool(pool)}: ${reason}`;
  return line(words, problem, TOLD_OF_ALL, impliedBy(networkInterfaceId, observed));
}

function noteLine(note: Ineligible): string {
  const { pool, instanceId, reason } = note;
  return line(`note ${instanceId}${ofPool(pool)}: ${reason}`, note, TOLD_OF_ALL);
}
