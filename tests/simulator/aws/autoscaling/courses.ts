import assert from "node:assert/strict";
import type { Group, WarmPool } from "../../../../simulator/aws/autoscaling/group";
import type { RefreshStrategy } from "../../../../simulator/aws/autoscaling/instanceRefresh";
import {
  assertInvalid,
  type GroupStage,
  launchHook,
  lifecycleOf,
  openGroup,
  routesOf,
  statesOf,
  terminateHook,
} from "./groups";
import { START_MS, subnet } from "../services";

/** The hooks that a step may add. */
const hooks = {
  "on-launch": launchHook,
  "on-terminate": terminateHook,
  "on-terminate-abandoned": { ...terminateHook, defaultResult: "ABANDON" },
};

/** A step of a course: what is done after some time, the states of all members then, and what else is so. */
interface Step {
  afterMs: number;
  operations: string;
  states: string;
  checks: string[];
}

interface Course {
  title: string;
  settings: Partial<Group>;
  steps: Step[];
}

/**
 * Tests of how a group goes on. A course has a line for its title and the group's settings, then one a step:
 * milliseconds | what is done at their end | the states of all members then | what else is so; what doesn't fit
 * stands on the next line after "|". What is done is a method of Auto Scaling or EC2, or one of `operations`.
 * "#0" stands for the id of the first instance that was launched, "@0" for the token of the first event.
 */
export function describeCourses(subject: string, parts: Partial<Group> = {}) {
  return (text: string): void => {
    describe(subject, () => {
      for (const { title, settings, steps } of readCourses(text)) {
        it(title, async () => {
          const stage = openGroup({ ...parts, ...settings });
          for (const step of steps) await takeStep(stage, step);
        });
      }
    });
  };
}

function readCourses(text: string): Course[] {
  const courses: Course[] = [];
  for (const line of text.trim().split("\n")) {
    const [head = "", ...cells] = line.trim().split(/ *\| */);
    const steps = courses.at(-1)?.steps ?? [];
    if (head === "") steps.at(-1)?.checks.push(...cells);
    else if (/^\d+$/.test(head)) {
      const [operations = "", states = "", ...checks] = cells;
      steps.push({ afterMs: Number(head), operations, states, checks });
    } else courses.push({ title: head, settings: readSettings<Group>(cells[0]), steps: [] });
  }
  assert.ok(courses.length > 0 && courses.every(({ steps }) => steps.length > 0));
  return courses;
}

const SETTINGS =
  "desiredCapacity minSize maxSize capacityRebalance retainsAbandoned drainingSeconds " +
  "poolState maxGroupPreparedCapacity reuseOnScaleIn";

function readSettings<Settings>(text = ""): Partial<Settings> {
  const pairs = text === "" ? [] : text.split(", ").map((pair) => pair.split(" "));
  for (const [name = ""] of pairs) assert.ok(SETTINGS.split(" ").includes(name), name);
  return Object.fromEntries(
    pairs.map(([name, value = ""]) => [name, readValue(value)]),
  ) as Partial<Settings>;
}

function readValue(word: string): unknown {
  return /^([\d[{]|true$|false$)/.test(word) ? JSON.parse(word) : word;
}

async function takeStep(stage: GroupStage, { afterMs, operations, states, checks }: Step) {
  await stage.pass(afterMs);
  const withIds = (text: string) =>
    text
      .replace(/#(\d+)/g, (_, index) => [...stage.ec2.instances.keys()][Number(index)] ?? "")
      .replace(/@(\d+)/g, (_, index) =>
        String(stage.events[Number(index)]?.event.detail.LifecycleActionToken),
      );
  const run = () => {
    for (const operation of operations.split("; ")) operate(stage, withIds(operation));
  };
  const refused = checks.find((check) => check.startsWith("refused: "));
  if (refused === undefined) run();
  else assertInvalid(stage, run, withIds(refused.slice("refused: ".length)));
  const at = `at ${stage.services.clock.nowMs - START_MS}`;
  assert.equal(statesOf(stage).join(" "), states, at);
  for (const check of checks) {
    if (check === refused) continue;
    const [, what = "", expected = ""] = /^(.*?): (.*)$/.exec(check) ?? [];
    assert.equal(observations[what]?.(stage, expected), expected, `${what} ${at}`);
  }
}

/** What may be said of a group beside the states of its members. */
const observations: Record<string, (stage: GroupStage, expected: string) => string> = {
  /** Which of all instances are members, by number. */
  members: ({ ec2, group }) =>
    [...ec2.instances.keys()]
      .flatMap((id, index) => (group.members.has(id) ? [index] : []))
      .join(" "),
  "in EC2": ({ ec2 }) => [...ec2.instances.values()].map(({ state }) => state).join(" "),
  desired: ({ group }) => String(group.desiredCapacity),
  refreshing: ({ autoScaling }) => String(autoScaling.isRefreshing("web")),
  events: (stage) => routesOf(stage).join(", ") || "none",
  /** The last of the first instance's states. */
  lifecycle(stage, expected) {
    const [first = ""] = stage.ec2.instances.keys();
    return lifecycleOf(stage, first).slice(-expected.split(", ").length).join(", ");
  },
};

function operate(stage: GroupStage, text: string): void {
  const [name = "", ...words] = text.split(" ");
  if (name === "") return;
  const operation = operations[name];
  if (operation !== undefined) {
    operation(stage, ...words);
    return;
  }
  const { autoScaling, ec2 } = stage;
  const methods = (name in autoScaling ? autoScaling : ec2) as unknown as Record<
    string,
    (...values: unknown[]) => void
  >;
  assert.ok(methods[name], `there is no ${name}`);
  methods[name](...words.map(readValue));
}

/** What is shorter than a call of a method. */
const operations: Record<string, (stage: GroupStage, ...words: string[]) => void> = {
  addHooks({ group }, ...names) {
    group.hooks.push(...names.map((name) => hooks[name as keyof typeof hooks]));
  },
  complete({ autoScaling }, hook = "", instanceId = "", result = "") {
    autoScaling.completeLifecycleAction("web", hook, { instanceId }, result);
  },
  beat({ autoScaling }, hook = "", instanceId = "") {
    autoScaling.recordLifecycleActionHeartbeat("web", hook, { instanceId });
  },
  putWarmPool({ autoScaling }, ...settings) {
    const stopped: WarmPool = { poolState: "Stopped", minSize: 0, reuseOnScaleIn: false };
    const warmPool = { ...stopped, ...readSettings<WarmPool>(settings.join(" ")) };
    autoScaling.putWarmPool("web", warmPool);
  },
  refresh({ autoScaling }, strategy, ...preferences) {
    const [minHealthyPercentage = 0, maxHealthyPercentage = 0, instanceWarmupSeconds = 0] =
      preferences.map(Number);
    const wanted = { minHealthyPercentage, maxHealthyPercentage, instanceWarmupSeconds };
    autoScaling.startInstanceRefresh("web", strategy as RefreshStrategy, wanted);
  },
  runInstance({ ec2 }) {
    ec2.runInstance("t4g.micro", subnet, {});
  },
  /** Has a step of a group take this long from now on, or a failed health check. */
  setTiming({ services }, name = "", ms = "") {
    Object.assign(services.timings, { [name]: [Number(ms), Number(ms)] });
  },
};
