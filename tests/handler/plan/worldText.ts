/**
 * Worlds and settings as text. Two spaces or a new line part one entry from the next, a comma and a
 * space what is said of one thing; words that aren't known are an error. Interface 7 is `eni-7` with
 * the address 10.0.0.7, everything is of pool `licence` in zone a, and an instance lists what is on it.
 * A holder without an entry is one that EC2 doesn't know.
 *
 *     eni-1 free                      i-a running 10:00, Pending:Wait
 *     eni-2 on i-b at 2, detaching    i-b stopped, tag render
 *     pool render exhausted means continue
 */
import {
  type TakenSlot,
  type Instance,
  type PoolInterface,
  type Settings,
  type World_,
} from "../../../handler/types";
import type { WhenExhausted } from "../../../handler/names";
import {
  freeInterface,
  GROUP,
  heldInterface,
  instance,
  launchedAtMinute,
  POOL,
  settings,
  createWorld,
} from "../builders";

export interface World {
  observed: World_;
  chosen: Settings;
}

/** What words mean, by what the groups of their expression have found. */
type Rule = [words: RegExp, mean: (...found: string[]) => unknown];

const STATE = /running|pending|stopping|stopped|shutting-down|terminated/;
const LIFECYCLE_STATE = RegExp(
  "(?:Warmed:)?(?:Pending|Terminating|ReplacingRootVolume)(?::Wait|:Proceed|:Retained)?|" +
    "Warmed:(?:Running|Stopped|Hibernated)|InService|EnteringStandby|Standby|Detaching|Detached|" +
    "Terminated|Quarantined|RootVolumeReplaced",
);

function readAll(parts: string[] | undefined, rules: Rule[]): void {
  for (const part of parts ?? []) {
    const isRead = rules.some(([words, mean]) => {
      const found = RegExp(`^(?:${words.source})$`).exec(part);
      if (found !== null) mean(...found.slice(1));
      return found !== null;
    });
    if (!isRead) throw new Error(`these words mean nothing: "${part}"`);
  }
}

const zoneOf = (name: string): string => (name.length === 1 ? `eu-west-1${name}` : name);
const attachmentOf = (eni: string): string => eni.replace("eni", "attach");

/** Places as `1`, or `1/0` where the network card is told. */
function slotsAt(text: string, networkInterfaceId: string): TakenSlot[] {
  return text.split(" ").map((at) => {
    const [deviceIndex = 0, networkCardIndex = 0] = at.split("/").map(Number).reverse();
    return { networkInterfaceId, networkCardIndex, deviceIndex };
  });
}

/** What is read of a text. */
interface Draft {
  chosen: Settings;
  interfaces: PoolInterface[];
  instances: Instance[];
  members: Record<string, { lifecycleState: string; poolTag: string }>;
  /** Of instances whose list isn't what the interfaces say. */
  lists: Record<string, TakenSlot[]>;
  reportedRunningIds: string[];
  warmPoolLaunches: World_["warmPoolLaunches"];
  known: Partial<Record<keyof World_, Record<string, unknown>>>;
}

export function readWorld(text: string): World {
  const chosen = settings();
  const things = { interfaces: [], instances: [], members: {}, lists: {} };
  const draft: Draft = {
    chosen,
    ...things,
    reportedRunningIds: [],
    warmPoolLaunches: [],
    known: {},
  };
  const rules = [...rulesOfThings(draft), ...rulesOfKnowledge(draft), ...rulesOfSettings(chosen)];
  readAll(text.split(/\s{2,}|\n/).filter(Boolean), rules);
  const { known, lists, ...read } = draft;
  const parts = known as Partial<Omit<World_, "instances" | "memberships">>;
  const observed = createWorld({ ...read, ...parts });
  for (const [instanceId, slots] of Object.entries(lists)) {
    Object.assign(observed.instances[instanceId] ?? {}, { slots });
  }
  return { observed, chosen };
}

function note({ known }: Draft, record: keyof World_, id: string, value: unknown): unknown {
  return (known[record] = { ...known[record], [id]: value });
}

function addInterface(draft: Draft, found: PoolInterface, options?: string): unknown {
  const id = found.networkInterfaceId;
  const attachmentId = attachmentOf(id);
  const setAttachment = (parts: object): unknown => {
    if (found.attachment === undefined) throw new Error(`${id} is attached to nothing`);
    return Object.assign(found.attachment, parts);
  };
  readAll(options?.split(", "), [
    [/pool (\w+)/, (pool) => (found.pool = pool)],
    [/zone (\w+)/, (name) => (found.availabilityZone = zoneOf(name))],
    [/address (\S+)/, (address) => (found.address = address)],
    [/made for (i-\w+)/, (instanceId) => (found.madeFor = instanceId)],
    [/ends with it/, () => setAttachment({ deleteOnTermination: true })],
    [/(attaching|detaching)/, (status) => setAttachment({ status })],
    [/seen detaching for (\S+) s/, (age) => note(draft, "detachingForSeconds", attachmentId, +age)],
    [/seen unused for (\S+) s/, (age) => note(draft, "unusedForSeconds", id, +age)],
    [/given to (i-\w+)/, (instanceId) => note(draft, "recentAttachments", id, instanceId)],
  ]);
  return draft.interfaces.push(found);
}

/** Reads also what is said of an instance that EC2 doesn't show. */
function readInstance(draft: Draft, found: Instance, options?: string): Instance {
  const { reportedRunningIds, lists, members } = draft;
  const id = found.instanceId;
  let lifecycleState: string | undefined;
  let groupTag: string | undefined;
  readAll(options?.split(", "), [
    [/tag (\S+)/, (poolTag) => (found.poolTag = poolTag)],
    [/untagged/, () => (found.poolTag = undefined)],
    [/zone (\w+)/, (name) => (found.availabilityZone = zoneOf(name))],
    [/type (\S+)/, (instanceType) => (found.instanceType = instanceType)],
    [/others at ([\d/ ]+)/, (slots) => (found.slots = slotsAt(slots, "eni-other"))],
    [/also lists (eni-\d+) at (\S+)/, (eni, at) => found.slots.push(...slotsAt(at, eni))],
    [/lists only (eni-\d+) at (\S+)/, (eni, at) => (lists[id] = slotsAt(at, eni))],
    [/lists none/, () => (lists[id] = [])],
    [/reported running/, () => reportedRunningIds.push(id)],
    [/group tag (\S+)/, (poolTag) => (groupTag = poolTag)],
    [RegExp(`(${LIFECYCLE_STATE.source})`), (state) => (lifecycleState = state)],
  ]);
  const poolTag = groupTag ?? found.poolTag ?? POOL;
  if (lifecycleState !== undefined) members[id] = { lifecycleState, poolTag };
  return found;
}

function rulesOfThings(draft: Draft): Rule[] {
  return [
    [
      /eni-(\d+) (free|pending)(?:, (.+))?/,
      (number, status, more) =>
        addInterface(draft, freeInterface(+number, status === "free" ? {} : { status }), more),
    ],
    [
      /eni-(\d+) on (i-\w+|a service)(?: at (\S+))?(?:, (.+))?/,
      (number, holder, at: string | undefined, more) => {
        const { deviceIndex, networkCardIndex } = slotsAt(at ?? "1", "")[0] ?? {};
        const instanceId = holder === "a service" ? undefined : holder;
        const found = heldInterface(+number, instanceId, { deviceIndex, networkCardIndex });
        return addInterface(draft, found, more);
      },
    ],
    [
      RegExp(`(i-\\w+) (${STATE.source})(?: (\\d\\d:\\d\\d))?(?:, (.+))?`),
      (id, state, time: string | undefined, more) => {
        const [hours = 0, minutes = 0] = (time ?? "").split(":").map(Number);
        const launchTime = launchedAtMinute(60 * hours + minutes);
        return draft.instances.push(readInstance(draft, instance(id, { state, launchTime }), more));
      },
    ],
    [/(i-\w+) unseen, (.+)/, (id, more) => readInstance(draft, instance(id), more)],
  ];
}

function rulesOfKnowledge(draft: Draft): Rule[] {
  const defer = (subject: string, reason: string, forGood: boolean) =>
    note(draft, "deferred", subjectOf(subject), { reason, forGood });
  return [
    [/(i-\w+) missing for (\S+) s/, (id, age) => note(draft, "missingForSeconds", id, +age)],
    [
      /(\w+\.\w+) takes ([\d ]+)/,
      (type, limits) => {
        const cards = limits.split(" ").map((most, i) => ({ networkCardIndex: i, most: +most }));
        return note(draft, "interfaceLimits", type, { most: 99, cards });
      },
    ],
    [/refused for good ([^:]+): (.+)/, (subject, reason) => defer(subject, reason, true)],
    [/refused ([^:]+): (.+)/, (subject, reason) => defer(subject, reason, false)],
    [/done (.+)/, (subject) => defer(subject, "done in this reconcile", true)],
    [
      /(\d+) tokens? spent on (\w+) for (i-\w+)/,
      (count, pool, id) => note(draft, "spentTokens", `${id}/of/${pool}`, +count),
    ],
    [
      /launch of (i-\w+) into the warm pool by (\S+)/,
      (instanceId, lifecycleActionToken) =>
        draft.warmPoolLaunches.push({ instanceId, groupName: GROUP, lifecycleActionToken }),
    ],
  ];
}

function rulesOfSettings(chosen: Settings): Rule[] {
  const setPool = (pool: string, parts: Settings["poolSettings"][string]): unknown =>
    (chosen.poolSettings[pool] = { ...chosen.poolSettings[pool], ...parts });
  return [
    [/exhausted means (\w+)/, (choice) => (chosen.whenExhausted = choiceOf(choice))],
    [
      /pool (\w+) exhausted means (\w+)/,
      (pool, choice) => setPool(pool, { whenExhausted: choiceOf(choice) }),
    ],
    [
      /pool (\w+) on demand in ([a-z ]+)/,
      (pool, letters) => {
        const subnets = letters.split(" ").map((one) => [zoneOf(one), `subnet-${one}`] as const);
        const subnetIds = Object.fromEntries(subnets);
        return setPool(pool, { onDemand: { subnetIds, securityGroupIds: ["sg-a"] } });
      },
    ],
    [/only pools ([\w ]+)/, (pools) => (chosen.pools = pools.split(" "))],
    [/only tags ([\w, ]+)/, (poolTags) => (chosen.poolTags = poolTags.split(" "))],
  ];
}

function choiceOf(text: string): WhenExhausted {
  if (text === "wait" || text === "abandon" || text === "continue") return text;
  throw new Error(`an exhausted pool means wait, abandon or continue, not ${text}`);
}

/** The id under which a refusal is kept. */
function subjectOf(text: string): string {
  let subject = text;
  const hook = (action: string, id: string, name: string, token?: string): string =>
    [action, id, `network-interface-pool-${name}`, token].filter(Boolean).join("/");
  readAll(
    [text],
    [
      [/eni-\d+|i-\w+/, () => subject],
      [/(eni-\d+) to (i-\w+)/, (eni, id) => (subject = `${id}/${eni}`)],
      [/(\w+) to (i-\w+)/, (pool, id) => (subject = `${id}/of/${pool}`)],
      [/detach (eni-\d+)/, (eni) => (subject = attachmentOf(eni))],
      [/end (eni-\d+)/, (eni) => (subject = `end/${attachmentOf(eni)}`)],
      [
        /(launch|terminate) of (i-\w+)(?: by (\S+))?/,
        (name, id, token) => (subject = hook("complete", id, name, token)),
      ],
      [/heartbeat of (i-\w+)/, (id) => (subject = hook("heartbeat", id, "launch"))],
    ],
  );
  return subject;
}
