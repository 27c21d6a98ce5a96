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
  type DevicePlace,
  type Instance,
  type PoolInterface,
  type Settings,
  type Snapshot,
} from "../../../handler/model";
import type { WhenExhausted } from "../../../handler/names";
import {
  freeInterface,
  GROUP,
  heldInterface,
  instance,
  launchedAtMinute,
  POOL,
  settings,
  snapshot,
} from "../builders";

export interface World {
  observed: Snapshot;
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

function readAll(parts: string[], rules: Rule[]): void {
  for (const part of parts) {
    const means = rules.flatMap(([words, mean]) => {
      const found = RegExp(`^(?:${words.source})$`).exec(part);
      return found === null ? [] : () => mean(...found.slice(1));
    });
    const [first] = means;
    if (first === undefined) throw new Error(`these words mean nothing: "${part}"`);
    first();
  }
}

/** What follows a thing's first words. */
function optionsIn(text = ""): string[] {
  return text.split(", ").slice(1);
}

const zoneOf = (name: string): string => (name.length === 1 ? `eu-west-1${name}` : name);
const attachmentOf = (networkInterfaceId: string): string =>
  networkInterfaceId.replace("eni", "attach");

/** Places as `1`, or `1/0` where the network card is told. */
function placesAt(text: string, networkInterfaceId: string): DevicePlace[] {
  return text.split(" ").map((at) => {
    const [deviceIndex = 0, networkCardIndex = 0] = at.split("/").map(Number).reverse();
    return { networkInterfaceId, networkCardIndex, deviceIndex };
  });
}

export function readWorld(text: string): World {
  const chosen = settings();
  const interfaces: PoolInterface[] = [];
  const instances: Instance[] = [];
  const members: Record<string, { lifecycleState: string; poolTag: string }> = {};
  /** Of instances whose list isn't what the interfaces say. */
  const lists: Record<string, DevicePlace[]> = {};
  const known: Partial<Record<keyof Snapshot, Record<string, unknown>>> = {};
  const announcedInstanceIds: string[] = [];
  const warmingActions: Snapshot["warmingActions"] = [];

  const note = (record: keyof Snapshot, id: string, value: unknown): unknown =>
    (known[record] = { ...known[record], [id]: value });
  const setPool = (pool: string, parts: Settings["poolSettings"][string]): unknown =>
    (chosen.poolSettings[pool] = { ...chosen.poolSettings[pool], ...parts });

  function addInterface(found: PoolInterface, options?: string): void {
    const id = found.networkInterfaceId;
    const attachmentId = attachmentOf(id);
    const setAttachment = (parts: object): unknown => {
      if (found.attachment === undefined) throw new Error(`${id} is attached to nothing`);
      return Object.assign(found.attachment, parts);
    };
    interfaces.push(found);
    readAll(optionsIn(options), [
      [/pool (\w+)/, (pool) => (found.pool = pool)],
      [/zone (\w+)/, (name) => (found.availabilityZone = zoneOf(name))],
      [/address (\S+)/, (address) => (found.address = address)],
      [/made for (i-\w+)/, (instanceId) => (found.madeFor = instanceId)],
      [/ends with it/, () => setAttachment({ deleteOnTermination: true })],
      [/(attaching|detaching)/, (status) => setAttachment({ status })],
      [/seen detaching for (\S+) s/, (age) => note("detachingForSeconds", attachmentId, +age)],
      [/seen unused for (\S+) s/, (age) => note("unusedForSeconds", id, +age)],
      [/given to (i-\w+)/, (instanceId) => note("recentAttachments", id, instanceId)],
    ]);
  }

  function addInstance(found: Instance, options?: string): void {
    const id = found.instanceId;
    let lifecycleState: string | undefined;
    let groupTag: string | undefined;
    readAll(optionsIn(options), [
      [/tag (\S+)/, (poolTag) => (found.poolTag = poolTag)],
      [/untagged/, () => (found.poolTag = undefined)],
      [/zone (\w+)/, (name) => (found.availabilityZone = zoneOf(name))],
      [/type (\S+)/, (instanceType) => (found.instanceType = instanceType)],
      [/others at ([\d/ ]+)/, (places) => (found.places = placesAt(places, "eni-other"))],
      [/also lists (eni-\d+) at (\S+)/, (eni, at) => found.places.push(...placesAt(at, eni))],
      [/lists only (eni-\d+) at (\S+)/, (eni, at) => (lists[id] = placesAt(at, eni))],
      [/lists none/, () => (lists[id] = [])],
      [/reported running/, () => announcedInstanceIds.push(id)],
      [/group tag (\S+)/, (poolTag) => (groupTag = poolTag)],
      [RegExp(`(${LIFECYCLE_STATE.source})`), (state) => (lifecycleState = state)],
    ]);
    const poolTag = groupTag ?? found.poolTag ?? POOL;
    if (lifecycleState !== undefined) members[id] = { lifecycleState, poolTag };
  }

  const entries: Rule[] = [
    [
      /eni-(\d+) (free|pending)(, .+)?/,
      (number, status, more) => {
        addInterface(freeInterface(+number, status === "free" ? {} : { status }), more);
      },
    ],
    [
      /eni-(\d+) on (i-\w+|a service)(?: at (\S+))?(, .+)?/,
      (number, holder, at: string | undefined, more) => {
        const { deviceIndex, networkCardIndex } = placesAt(at ?? "1", "")[0] ?? {};
        const instanceId = holder === "a service" ? undefined : holder;
        addInterface(heldInterface(+number, instanceId, { deviceIndex, networkCardIndex }), more);
      },
    ],
    [
      RegExp(`(i-\\w+) (${STATE.source})(?: (\\d\\d):(\\d\\d))?(, .+)?`),
      (id, state, hours: string | undefined, minutes: string | undefined, more) => {
        const launchTime = launchedAtMinute(60 * Number(hours ?? 0) + Number(minutes ?? 0));
        const found = instance(id, { state, launchTime });
        instances.push(found);
        addInstance(found, more);
      },
    ],
    [
      /(i-\w+) unseen(, .+)/,
      (id, more) => {
        addInstance(instance(id), more);
      },
    ],
    [/(i-\w+) missing for (\S+) s/, (id, age) => note("missingForSeconds", id, +age)],
    [
      /(\w+\.\w+) takes ([\d ]+)/,
      (type, limits) => note("interfaceLimits", type, limits.split(" ").map(Number)),
    ],
    [
      /refused (for good )?([^:]+): (.+)/,
      (forGood: string | undefined, subject, reason) =>
        note("deferred", subjectOf(subject), { reason, forGood: forGood !== undefined }),
    ],
    [
      /done (.+)/,
      (subject) =>
        note("deferred", subjectOf(subject), { reason: "done in this reconcile", forGood: true }),
    ],
    [
      /(\d+) tokens? spent on (\w+) for (i-\w+)/,
      (count, pool, id) => note("spentTokens", `${id}/of/${pool}`, +count),
    ],
    [
      /launch of (i-\w+) into the warm pool by (\S+)/,
      (instanceId, lifecycleActionToken) =>
        warmingActions.push({ instanceId, groupName: GROUP, lifecycleActionToken }),
    ],
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
  readAll(
    text
      .trim()
      .split(/\s{2,}|\n\s*/)
      .filter(Boolean),
    entries,
  );
  const observed = snapshot({
    ...{ interfaces, instances, members, announcedInstanceIds, warmingActions },
    ...(known as Partial<Omit<Snapshot, "instances" | "memberships">>),
  });
  for (const [instanceId, places] of Object.entries(lists)) {
    Object.assign(observed.instances[instanceId] ?? {}, { places });
  }
  return { observed, chosen };
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
