/** Cases of the planner as text: a world, see worldText.ts, and after `=>` the whole assessment of it. */
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { assess } from "../../../handler/assess";
import type { Action, ActionOf, Status, World } from "../../../handler/types";
import { GROUP, POOL } from "../builders";
import { actionsIn, statusesIn } from "../planQueries";
import { readWorld, type Situation } from "./worldText";

/**
 * The first line says what is planned, as a title. After the world come the actions, in the order in
 * which they are carried out, then the statuses that say something, each after `=>`; where there are
 * none it is `=> nothing`.
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

/** What is planned, line by line. */
export function planOf({ world, chosen }: Situation): string[] {
  const assessment = assess(world, chosen);
  const statuses = statusesIn(assessment);
  const unwatched = statuses.flatMap(({ action, recheckMs }) =>
    action?.kind === "attach" && recheckMs === undefined ? action : [],
  );
  const lines = [
    ...actionsIn(assessment).map((action) =>
      actionLine(
        action,
        world,
        unwatched.some((one) => one === action),
      ),
    ),
    ...statuses.filter(saysSomething).map((status) => statusLine(status, world)),
  ];
  return lines.length === 0 ? ["nothing"] : lines;
}

/** What there is to do says by itself why, and some states need no words. */
function saysSomething({ state, reason, action, recheckMs }: Status<string>): boolean {
  if (action !== undefined) return false;
  const silent = ["free", "attached", "served", "reserved", "attaching", "returning", "waiting"];
  return reason !== "" || recheckMs !== undefined || !silent.includes(state);
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

/** What the id of an interface implies: its address, its attachment, and whose it is. */
function impliedBy(networkInterfaceId: string | undefined, { interfaces }: World) {
  const found = interfaces.find((one) => one.networkInterfaceId === networkInterfaceId);
  const { attachmentId, instanceId = found?.madeFor } = found?.attachment ?? {};
  return { address: found?.address, attachmentId, instanceId };
}

const TOLD_OF_ACTIONS = ["kind", "pool", "because", "instanceId", "networkInterfaceId"];

export function actionLine(action: Action, world: World, isUnwatched = false): string {
  const { kind, pool, because } = action;
  const end = `${ofPool(pool)}, ${because}`;
  const told = TOLD_OF_ACTIONS;
  switch (kind) {
    case "attach":
      return attachLine(action, isUnwatched ? ` unwatched${end}` : end, world);
    case "detach": {
      const { networkInterfaceId, instanceId, force } = action;
      const words = `${force ? "force" : "detach"} ${networkInterfaceId} from ${instanceId}${end}`;
      return line(words, action, [...told, "force"], impliedBy(networkInterfaceId, world));
    }
    case "create": {
      const { instanceId, subnetId, securityGroupIds, token } = action;
      const words = `create for ${instanceId} in ${subnetId} with ${securityGroupIds.join(" ")}`;
      const first = `${instanceId}/of/${pool}`;
      const by = token === first ? "" : ` by ${token}`;
      const { availabilityZone } = world.instances[instanceId] ?? {};
      const places = ["subnetId", "securityGroupIds", "token"];
      return line(words + by + end, action, [...told, ...places], { availabilityZone });
    }
    case "endWithInstance": {
      const { networkInterfaceId, instanceId } = action;
      const words = `end ${networkInterfaceId} with ${instanceId}${end}`;
      return line(words, action, told, impliedBy(networkInterfaceId, world));
    }
    case "delete": {
      const { networkInterfaceId } = action;
      return line(
        `delete ${networkInterfaceId}${end}`,
        action,
        told,
        impliedBy(networkInterfaceId, world),
      );
    }
    case "complete":
    case "heartbeat":
      return hookLine(action, end);
  }
}

function attachLine(action: ActionOf<"attach">, end: string, world: World): string {
  const { networkInterfaceId, instanceId, networkCardIndex, deviceIndex } = action;
  const at = networkCardIndex === 0 ? deviceIndex : `${networkCardIndex}/${deviceIndex}`;
  const words = `attach ${networkInterfaceId} to ${instanceId} at ${at}${end}`;
  const told = [...TOLD_OF_ACTIONS, "networkCardIndex", "deviceIndex"];
  return line(words, action, told, impliedBy(networkInterfaceId, world));
}

function hookLine(action: ActionOf<"complete" | "heartbeat">, end: string): string {
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

const TOLD_OF_STATUSES = [
  "pool",
  "state",
  "instanceId",
  "networkInterfaceId",
  "reason",
  "recheckMs",
];

function statusLine(status: Status<string>, world: World): string {
  const { state, pool, networkInterfaceId, instanceId, recheckMs, reason } = status;
  const implied = impliedBy(networkInterfaceId, world);
  const subject = [networkInterfaceId, instanceId === implied.instanceId ? "" : instanceId];
  const recheck = recheckMs === undefined ? "" : `, recheck ${recheckMs}`;
  const words = `${state} ${subject.filter(Boolean).join(" ")}${ofPool(pool)}${recheck}`;
  return line(reason === "" ? words : `${words}: ${reason}`, status, TOLD_OF_STATUSES, implied);
}
