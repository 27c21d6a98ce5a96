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
import { zoneKey } from "../../../handler/assess/claims";
import type { WhenExhausted } from "../../../handler/names";
import {
  ageKey,
  type AgeKind,
  claimKey,
  type Instance,
  type InterfaceLimits,
  pairKey,
  type PoolInterface,
  type Settings,
  slotKey,
  type TakenSlot,
  type World,
} from "../../../handler/types";
import {
  createWorld,
  freeInterface,
  GROUP,
  heldInterface,
  instance,
  launchedAtMinute,
  POOL,
  settings,
} from "../builders";

export interface Situation {
  world: World;
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

/** For how long what was refused isn't tried, in milliseconds, where the text doesn't say. */
const RETRY_MS = 300;
const PERMANENT_RETRY_MS = 55_000;

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

/** Slots as `1`, or `1/0` where the network card is told. */
function slotsAt(text: string, networkInterfaceId: string): TakenSlot[] {
  return text.split(" ").map((at) => {
    const [deviceIndex = 0, networkCardIndex = 0] = at.split("/").map(Number).reverse();
    return { networkInterfaceId, networkCardIndex, deviceIndex };
  });
}

/** What each card takes as `2 4`, or `0:2 2:4` where the cards' indexes are told. */
function limitsOf(text: string, whole: string | undefined): InterfaceLimits {
  const cards = text.split(" ").map((card, position) => {
    const [most = 0, networkCardIndex = position] = card.split(":").map(Number).reverse();
    return { networkCardIndex, most };
  });
  return { most: Number(whole ?? cards.reduce((sum, { most }) => sum + most, 0)), cards };
}

/** What is read of a text. */
interface Draft {
  chosen: Settings;
  /** All but the instances and the memberships. */
  world: World;
  instances: Instance[];
  members: Record<string, { lifecycleState: string; poolTag: string }>;
  /** Of instances whose list isn't what the interfaces say. */
  lists: Record<string, TakenSlot[]>;
}

export function readWorld(text: string): Situation {
  const chosen = settings();
  const draft: Draft = { chosen, world: createWorld({}), instances: [], members: {}, lists: {} };
  const rules = [...rulesOfThings(draft), ...rulesOfKnowledge(draft), ...rulesOfSettings(chosen)];
  readAll(text.split(/\s{2,}|\n/).filter(Boolean), rules);
  const { interfaces, ageMs } = draft.world;
  const things = createWorld({ ...draft, interfaces, ageMs });
  const { instances, memberships, missingInstanceIds } = things;
  for (const [instanceId, slots] of Object.entries(draft.lists)) {
    Object.assign(instances[instanceId] ?? {}, { slots });
  }
  const groupTags = { ...things.groupTags, ...draft.world.groupTags };
  const world = { ...draft.world, instances, memberships, missingInstanceIds, groupTags };
  return { world, chosen };
}

function age({ world }: Draft, kind: AgeKind, id: string, seconds: string): unknown {
  return (world.ageMs[ageKey(kind, id)] = Math.round(Number(seconds) * 1000));
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
    [/another account's/, () => (found.foreign = "an instance of account 222222222222 holds it")],
    [/managed by AWS/, () => (found.foreign = "a service of AWS manages it")],
    [/seen detaching for (\S+) s/, (seconds) => age(draft, "detaching", attachmentId, seconds)],
    [/forced off for (\S+) s/, (seconds) => age(draft, "forced", attachmentId, seconds)],
    [
      /seen (attaching|returning|unused) for (\S+) s/,
      (kind, seconds) => age(draft, kind as AgeKind, id, seconds),
    ],
    [/given to (i-\w+)/, (instanceId) => (draft.world.attachedTo[id] = instanceId)],
  ]);
  return draft.world.interfaces.push(found);
}

/** Reads also what is said of an instance that EC2 doesn't show. */
function readInstance(draft: Draft, found: Instance, options?: string): Instance {
  const { lists, members, world } = draft;
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
    [/reported running/, () => world.reportedRunningIds.push(id)],
    [/reported launching/, () => world.reportedLaunchIds.push(id)],
    [/group tag (\S+)/, (poolTag) => (groupTag = poolTag)],
    [/for (\S+) s/, (seconds) => age(draft, "leaving", id, seconds)],
    [RegExp(`(${LIFECYCLE_STATE.source})`), (state) => (lifecycleState = state)],
  ]);
  const poolTag = groupTag ?? found.poolTag ?? POOL;
  if (lifecycleState !== undefined) members[id] = { lifecycleState, poolTag };
  return found;
}

function rulesOfThings(draft: Draft): Rule[] {
  return [
    [
      /eni-(\d+) (free|pending|associated|attaching|detaching|in-use)(?:, (.+))?/,
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
  const { world } = draft;
  const backOff = (subject: string, reason: string, permanent: boolean, retryInMs: number) =>
    (world.backoffs[keyOf(subject)] = { reason, permanent, retryInMs });
  return [
    [/(i-\w+) missing for (\S+) s/, (id, seconds) => age(draft, "missing", id, seconds)],
    [
      /no interface of (\w+) in (\w+) for (\S+) s/,
      (pool, name, seconds) => age(draft, "empty", zoneKey(pool, zoneOf(name)), seconds),
    ],
    [/interfaces alone are read/, () => (world.isFullRead = false)],
    [
      /(\w+\.\w+) takes (?:(\d+) of )?([\d: ]+)/,
      (type, whole, cards) => (world.interfaceLimits[type] = limitsOf(cards, whole)),
    ],
    [
      /refused for good ([^:]+): (.+)/,
      (subject, reason) => backOff(subject, reason, true, PERMANENT_RETRY_MS),
    ],
    [
      /refused for (\S+) s ([^:]+): (.+)/,
      (seconds, subject, reason) => backOff(subject, reason, false, Number(seconds) * 1000),
    ],
    [/refused ([^:]+): (.+)/, (subject, reason) => backOff(subject, reason, false, RETRY_MS)],
    [
      /(\d+) made of (\w+) for (i-\w+)/,
      (count, pool, id) => (world.madeCounts[claimKey(id, pool)] = +count),
    ],
    [
      /launch of (i-\w+) into the warm pool of (\w+) by (\S+)/,
      (instanceId, poolTag, lifecycleActionToken) => {
        world.groupTags[GROUP] = poolTag;
        world.warmPoolLaunches.push({ instanceId, groupName: GROUP, lifecycleActionToken });
      },
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
    [
      /pool (\w+) detaches after other hooks/,
      (pool) => setPool(pool, { detachAfterOtherHooks: true }),
    ],
    [/only pools ([\w ]+)/, (pools) => (chosen.pools = pools.split(" "))],
    [/only tags ([\w, ]+)/, (poolTags) => (chosen.poolTags = poolTags.split(" "))],
  ];
}

function choiceOf(text: string): WhenExhausted {
  if (text === "wait" || text === "abandon" || text === "continue") return text;
  throw new Error(`an exhausted pool means wait, abandon or continue, not ${text}`);
}

/** The key under which a refusal is kept. */
function keyOf(text: string): string {
  let key = text;
  readAll(
    [text],
    [
      [/eni-\d+|i-\w+/, () => key],
      [/(eni-\d+) to (i-\w+)/, (eni, id) => (key = pairKey(id, eni))],
      [/(\w+) to (i-\w+)/, (pool, id) => (key = claimKey(id, pool))],
      [
        /slot (\S+) of (i-\w+)/,
        (at, id) => {
          for (const slot of slotsAt(at, "")) key = slotKey(id, slot);
        },
      ],
      [/detach (eni-\d+)/, (eni) => (key = attachmentOf(eni))],
      [/force (eni-\d+)/, (eni) => (key = `force/${attachmentOf(eni)}`)],
    ],
  );
  return key;
}
