import assert from "node:assert/strict";
import type { News, WakeUp } from "../../handler/events";
import { isWorthAFullRead, type Relevance } from "../../handler/relevance";
import { freeInterface, instance, settings, TAG_KEY } from "./builders";

const NOW_MS = 1_000_000;

/** What the last full read showed, which began five seconds ago by both clocks. */
const lastRead = {
  beganMs: NOW_MS - 5_000,
  queueMs: NOW_MS - 5_000,
  instances: {
    "i-held": instance("i-held"),
    "i-pending": instance("i-pending", { state: "pending" }),
    "i-starts": instance("i-starts", { state: "pending" }),
    "i-launching": instance("i-launching"),
    "i-over": instance("i-over", { state: "shutting-down" }),
  },
  memberships: {
    "i-launching": { groupName: "workers", poolTag: "licence", lifecycleState: "Pending" },
    "i-member": { groupName: "workers", poolTag: "licence", lifecycleState: "InService" },
  },
  missingInstanceIds: ["i-missing"],
  interfaces: [freeInterface(1)],
};

/** What EC2 shows of instances that are asked for by their ids. */
const shown = {
  "i-new": instance("i-new"),
  "i-pending": instance("i-pending"),
  "i-starts": instance("i-starts", { state: "pending" }),
  "i-comes": instance("i-comes", { state: "pending" }),
  "i-untagged": instance("i-untagged", { poolTag: undefined }),
  "i-others": instance("i-others", { poolTag: "render" }),
};

const news = (kind: News["kind"], instanceId: string, sentMs = NOW_MS): News => ({
  instanceId,
  kind,
  sentMs,
});

/** Whether news leads to a full read, which instances were read by id before, and for how long it paused. */
async function judge(parts: Partial<WakeUp>, relevance: Partial<Relevance> = {}, nowMs = NOW_MS) {
  const asked: string[] = [];
  const pauses: number[] = [];
  const wakeUp: WakeUp = {
    ...{ reasons: [], news: [], tagNews: [], reportedRunningIds: [], reportedLaunchIds: [] },
    warmPoolLaunches: [],
    ...{ isScheduled: false, concernsAll: false, isFirst: false, receivedMs: NOW_MS },
    ...parts,
  };
  const all: Relevance = { lastRead, isSettled: true, idsReadMs: -Infinity, ...relevance };
  const isWorth = await isWorthAFullRead(wakeUp, all, {
    settings: settings({ pools: ["licence"], poolTags: ["licence"] }),
    nowMs,
    readInstances: (ids) => {
      asked.push(...ids);
      const found = Object.entries(shown).filter(([id]) => ids.includes(id));
      return Promise.resolve(Object.fromEntries(found));
    },
    sleep: (ms) => {
      pauses.push(ms);
      return Promise.resolve();
    },
  });
  return { isWorth, asked, pauses, idsReadMs: all.idsReadMs };
}

/** The ways of {@link judge}. */
const COSTS_NOTHING = [false, []];
const FULL_READ = [true, []];
const byId = (isWorth: boolean, ...ids: string[]) => [isWorth, ids];

describe("isWorthAFullRead", () => {
  const cases: [what: string, news: News, expected: unknown[], cold?: unknown[]][] = [
    ["an end of who isn't known", news("end", "i-x"), COSTS_NOTHING, FULL_READ],
    ["an end of an instance that was shown", news("end", "i-held"), FULL_READ, FULL_READ],
    ["an end of a member that has no tag", news("end", "i-member"), FULL_READ, FULL_READ],
    ["an end of a holder that was missing", news("end", "i-missing"), FULL_READ, FULL_READ],
    ["a start of who isn't shown", news("start", "i-x"), byId(false, "i-x"), byId(false, "i-x")],
    ["a start of who has no tag", news("start", "i-untagged"), byId(false, "i-untagged")],
    ["a start of another manager's", news("start", "i-others"), byId(false, "i-others")],
    ["a start of who comes and is pending", news("start", "i-comes"), byId(false, "i-comes")],
    ["a start of a new instance", news("start", "i-new"), byId(true, "i-new"), byId(true, "i-new")],
    ["a start of a known instance", news("start", "i-held"), FULL_READ, byId(false, "i-held")],
    ["a start of a member that has no tag", news("start", "i-member"), FULL_READ],
    ["a start of who was pending", news("start", "i-pending"), byId(true, "i-pending")],
    ["a start of who is pending yet", news("start", "i-starts"), byId(false, "i-starts")],
  ];
  for (const [what, one, expected, cold] of cases) {
    it(`judges ${what}`, async () => {
      const { isWorth, asked } = await judge({ news: [one] });
      assert.deepEqual([isWorth, asked], expected);
    });

    if (cold === undefined) continue;
    it(`judges ${what} in a new process`, async () => {
      const found = await judge({ news: [one] }, { lastRead: undefined });
      assert.deepEqual([found.isWorth, found.asked], cold);
    });
  }

  it("reads a start by id that EC2 shows pending, and in full where an event called it running", async () => {
    const comes = { news: [news("start", "i-comes")], reportedRunningIds: ["i-comes"] };
    assert.equal((await judge(comes)).isWorth, true);
    const starts = { news: [news("start", "i-starts")], reportedRunningIds: ["i-starts"] };
    const { isWorth, asked } = await judge(starts);
    assert.deepEqual([isWorth, asked], FULL_READ);
  });

  it("reads each of those who start once, and none where another piece of news is worth a full read", async () => {
    const many = [news("start", "i-x"), news("start", "i-y"), news("start", "i-x")];
    assert.deepEqual((await judge({ news: many })).asked, ["i-x", "i-y"]);
    const found = await judge({ news: [...many, news("end", "i-held")] });
    assert.deepEqual([found.isWorth, found.asked], FULL_READ);
  });

  it("reads in full for what isn't news of one instance, and for launches into warm pools", async () => {
    assert.equal((await judge({ concernsAll: true })).isWorth, true);
    const launch = { instanceId: "i-w", groupName: "workers", lifecycleActionToken: "token" };
    assert.equal((await judge({ warmPoolLaunches: [launch] })).isWorth, true);
    assert.equal((await judge({ receivedMs: undefined })).isWorth, false);
  });

  it("goes on with any news where something was left open", async () => {
    const found = await judge({ news: [news("end", "i-x")] }, { isSettled: false });
    assert.deepEqual([found.isWorth, found.asked], FULL_READ);
  });

  describe("of news that the last full read answers", () => {
    const BEFORE_MS = lastRead.queueMs - 500;
    /** The queue didn't keep it. */
    const inTime = (all: News[]) => ({ news: all, receivedMs: BEFORE_MS + 10 });
    const answered: [kind: News["kind"], instanceId: string, expected: unknown[]][] = [
      ["end", "i-over", COSTS_NOTHING],
      ["end", "i-x", COSTS_NOTHING],
      ["end", "i-missing", COSTS_NOTHING],
      ["end", "i-held", FULL_READ],
      ["end", "i-pending", FULL_READ],
      ["start", "i-held", COSTS_NOTHING],
      ["start", "i-x", COSTS_NOTHING],
      ["start", "i-pending", byId(true, "i-pending")],
      ["start", "i-launching", FULL_READ],
    ];
    for (const [kind, instanceId, expected] of answered) {
      const isAnswered = expected === COSTS_NOTHING;
      it(`${isAnswered ? "spends no call on" : "reads again for"} the ${kind} of ${instanceId}`, async () => {
        const found = await judge(inTime([news(kind, instanceId, BEFORE_MS)]));
        assert.deepEqual([found.isWorth, found.asked], expected);
      });
    }

    it("reads again for news that was sent less than half a second before that read, since reads lag", async () => {
      const late = [news("end", "i-over", BEFORE_MS + 1)];
      assert.equal((await judge(inTime(late))).isWorth, true);
    });

    it("takes no news for answered whose time nobody told, nor where none was told of the read", async () => {
      assert.equal((await judge(inTime([news("end", "i-over", NaN)]))).isWorth, true);
      const untold = { lastRead: { ...lastRead, queueMs: undefined } };
      const old = inTime([news("end", "i-over", BEFORE_MS)]);
      assert.equal((await judge(old, untold)).isWorth, true);
    });

    it("goes by the queue's clock, whatever the process's own says", async () => {
      for (const skewMs of [-3_600_000, 3_600_000]) {
        const skewed = { lastRead: { ...lastRead, beganMs: lastRead.beganMs + skewMs } };
        const told = (sentMs: number) =>
          judge(inTime([news("end", "i-over", sentMs)]), skewed, NOW_MS + skewMs);
        assert.equal((await told(BEFORE_MS)).isWorth, false);
        assert.equal((await told(BEFORE_MS + 1)).isWorth, true);
      }
    });
  });

  it("takes a last full read for none after a minute and a half: the schedule has read elsewhere", async () => {
    const end = { news: [news("end", "i-x")] };
    for (const [ageMs, isWorth] of [
      [89_999, false],
      [90_000, true],
    ] as const) {
      const old = { lastRead: { ...lastRead, beganMs: NOW_MS - ageMs } };
      assert.equal((await judge(end, old)).isWorth, isWorth);
    }
  });

  describe("where news comes faster than it is read", () => {
    const readAgo = (ms: number) => ({ lastRead: { ...lastRead, beganMs: NOW_MS - ms } });
    const ends = (sentMs: number) => ({ news: [news("end", "i-x", sentMs)] });

    it("reads everything where even the newest of a batch waited for more than a second", async () => {
      assert.equal((await judge(ends(NOW_MS - 1_001))).isWorth, true);
      assert.equal((await judge(ends(NOW_MS - 1_000))).isWorth, false);
      const both = { news: [news("end", "i-x", NOW_MS - 9_000), news("end", "i-y", NOW_MS)] };
      assert.equal((await judge(both)).isWorth, false);
    });

    it("does so at once in a new process", async () => {
      const late = { news: [news("start", "i-x", NOW_MS - 1_001)] };
      const found = await judge(late, { lastRead: undefined });
      assert.deepEqual([found.isWorth, found.asked, found.pauses], [true, [], []]);
    });

    it("does so every 800 ms", async () => {
      const late = ends(NOW_MS - 5_000);
      assert.equal((await judge(late, readAgo(799))).isWorth, false);
      assert.equal((await judge(late, readAgo(800))).isWorth, true);
    });

    it("reads by id every 250 ms, and between them pauses for a full read in its turn", async () => {
      const start = { news: [news("start", "i-x")] };
      const first = await judge(start, { idsReadMs: NOW_MS - 250 });
      assert.deepEqual([first.asked, first.idsReadMs], [["i-x"], NOW_MS]);
      const soon = { idsReadMs: NOW_MS - 249, ...readAgo(300) };
      const second = await judge(start, soon);
      assert.deepEqual([second.isWorth, second.asked, second.pauses], [true, [], [500]]);
      const due = await judge(start, { ...soon, ...readAgo(5_000) });
      assert.deepEqual([due.isWorth, due.pauses], [true, [0]]);
    });
  });

  describe("of tags that changed", () => {
    const tagged = (id: string, poolTag?: string, sentMs = NOW_MS) => ({
      tagNews: [{ id, tags: poolTag === undefined ? {} : { [TAG_KEY]: poolTag }, sentMs }],
      receivedMs: sentMs,
    });
    const costs = async (...of: Parameters<typeof tagged>) => {
      const { isWorth, asked } = await judge(tagged(...of));
      return [isWorth, asked];
    };

    it("leads to a full read where they are a pool's, or were one's", async () => {
      assert.deepEqual(await costs("i-x", "licence"), FULL_READ);
      for (const id of ["i-held", "i-member", "i-missing", "eni-1"]) {
        assert.deepEqual(await costs(id), FULL_READ);
        assert.deepEqual(await costs(id, "render"), FULL_READ);
      }
    });

    it("costs nothing where they are another manager's, or were read since", async () => {
      assert.deepEqual(await costs("i-x", "render"), COSTS_NOTHING);
      assert.deepEqual(await costs("eni-2"), COSTS_NOTHING);
      assert.deepEqual(await costs("i-held", "licence", NOW_MS - 5_500), COSTS_NOTHING);
      assert.deepEqual(await costs("i-held", "licence", NOW_MS - 5_499), FULL_READ);
    });

    it("leads to a full read in a new process", async () => {
      const { isWorth } = await judge(tagged("i-x", "render"), { lastRead: undefined });
      assert.equal(isWorth, true);
    });
  });
});
