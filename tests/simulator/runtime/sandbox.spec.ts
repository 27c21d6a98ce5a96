import assert from "node:assert/strict";
import { Random } from "../../../simulator/runtime/random";
import { Sandbox } from "../../../simulator/runtime/sandbox";
import { createServices, pass, START_MS } from "../aws/services";

/** A process with these files, what it prints, and the exports of its module `main`. */
function start(files: Record<string, string>, environment: Record<string, string> = {}) {
  const services = createServices();
  const printed: string[] = [];
  const print = (line: string) => printed.push(line);
  const archive = new Map(Object.entries(files));
  const sandbox = new Sandbox(archive, { ...services, environment, print });
  return { services, sandbox, printed };
}

/** What an expression is in a process of its own. */
function valueOf(expression: string, environment: Record<string, string> = {}): unknown {
  const { sandbox } = start({ "main.js": `exports.value = ${expression};` }, environment);
  return (sandbox.load("main") as { value: unknown }).value;
}

describe("Sandbox, its time", () => {
  it("is the clock's, whichever way a program asks for it", async () => {
    const { services, sandbox } = start({
      "main.js": `exports.read = () => [
        Date.now(), new Date().getTime(), performance.now(), globalThis.Date.now(),
      ];`,
    });
    const { read } = sandbox.load("main") as { read: () => number[] };
    assert.deepEqual(read(), [START_MS, START_MS, START_MS, START_MS]);
    await pass(services, 1_234);
    assert.deepEqual(read(), Array(4).fill(START_MS + 1_234));
  });

  it("leaves a date that is given as it is", () => {
    assert.equal(valueOf(`new Date(0).toISOString()`), "1970-01-01T00:00:00.000Z");
    assert.equal(valueOf(`new Date("2020-02-02T00:00:00Z").getTime()`), 1_580_601_600_000);
    assert.equal(valueOf(`Date.parse("1970-01-01T00:00:01Z") + Date.UTC(1970, 0, 2)`), 86_401_000);
    assert.equal(valueOf("new Date() instanceof Date"), true);
  });

  it("runs timers when they are due, with their arguments", async () => {
    const { services, sandbox, printed } = start({
      "main.js": `
        setTimeout((text) => console.log(text), 2_000, "second");
        setTimeout((text) => console.log(text), 1_000, "first");
        setTimeout(() => console.log("at once"));`,
    });
    sandbox.load("main");
    for (const [ms, count] of [
      [0, 1],
      [999, 1],
      [1, 2],
      [1_000, 3],
    ] as const) {
      await pass(services, ms);
      assert.deepEqual(printed, ["at once", "first", "second"].slice(0, count));
    }
  });

  it("does not run a timer that was cleared", async () => {
    const { services, sandbox, printed } = start({
      "main.js": `
        const handle = setTimeout(() => console.log("never"), 1_000);
        setTimeout(() => clearTimeout(handle.unref().ref()), 500);
        clearTimeout(undefined);`,
    });
    sandbox.load("main");
    await pass(services, 5_000);
    assert.deepEqual(printed, []);
  });

  it("does not run a timer that came due while it stood still, and was cleared before it went on", async () => {
    const { services, sandbox, printed } = start({
      "main.js": `
        const handle = setTimeout(() => console.log("never"), 2_000);
        setTimeout(() => { console.log("clears"); clearTimeout(handle); }, 1_000);`,
    });
    sandbox.load("main");
    sandbox.freeze(3_000);
    await pass(services, 5_000);
    assert.deepEqual(printed, ["clears"]);
  });

  it("does not model intervals", () => {
    assert.throws(() => valueOf("setInterval(() => {}, 1_000)"), {
      message: "the simulator doesn't model setInterval in a function",
    });
  });
});

describe("Sandbox, its chance", () => {
  it("is the seed's", () => {
    const random = new Random(1);
    const expected = [random.float(), random.float()];
    assert.deepEqual(valueOf("[Math.random(), globalThis.Math.random()]"), expected);
  });

  it("leaves the rest of Math as it is", () => {
    assert.equal(valueOf("Math.max(1, Math.floor(2.5)) * Math.PI"), 2 * Math.PI);
  });
});

describe("Sandbox, its environment", () => {
  it("is what it was given, and nothing of this process", () => {
    const processes = `[process, require("process"), require("node:process"), globalThis.process]`;
    const environments = valueOf(`${processes}.map(({ env }) => env)`, { POOL: "licence" });
    assert.deepEqual(environments, Array(4).fill({ POOL: "licence" }));
  });

  it("is the process's own, to change as it likes", () => {
    const environment = { POOL: "licence" };
    valueOf(`(process.env.POOL = "other", process.env.SANDBOXED = "yes")`, environment);
    assert.deepEqual(environment, { POOL: "licence" });
    assert.equal(process.env.SANDBOXED, undefined);
  });
});

describe("Sandbox, its files", () => {
  const noFile = { code: "ENOENT", message: "ENOENT: no such file or directory" };

  const file = JSON.stringify(__filename);
  const rejects = (call: string) => assert.rejects(valueOf(call) as Promise<unknown>, noFile);

  for (const name of ["fs", "node:fs"]) {
    it(`are none by ${name}, those of this machine included`, async () => {
      assert.throws(() => valueOf(`require("${name}").readFileSync(${file})`), noFile);
      assert.equal(valueOf(`require("${name}").existsSync(${file})`), false);
      await rejects(`require("${name}").promises.readFile(${file})`);
    });

    it(`are none by ${name}/promises`, () =>
      rejects(`require("${name}/promises").readFile(${file})`));
  }
});

describe("Sandbox, its modules", () => {
  it("are those of the archive, with or without their ending", () => {
    const { sandbox } = start({
      "main.js": `module.exports = [require("./lib/a"), require("./lib/a.js")];`,
      "lib/a.js": `exports.name = "a";`,
    });
    assert.deepEqual(sandbox.load("main"), [{ name: "a" }, { name: "a" }]);
  });

  it("find each other from the folder they are in", () => {
    const { sandbox } = start({
      "main.js": `module.exports = require("./lib/a");`,
      "lib/a.js": `module.exports = [require("./b"), require("../c")];`,
      "lib/b.js": `module.exports = "b";`,
      "c.js": `module.exports = "c";`,
    });
    assert.deepEqual(sandbox.load("main"), ["b", "c"]);
  });

  it("run once, however often they are required", () => {
    const { sandbox, printed } = start({
      "main.js": `require("./a"); require("./a.js"); require("./b");`,
      "a.js": `console.log("a runs");`,
      "b.js": `require("./a");`,
    });
    sandbox.load("main");
    sandbox.load("main");
    assert.deepEqual(printed, ["a runs"]);
  });

  it("may require each other", () => {
    const { sandbox } = start({
      "main.js": `exports.early = 1; exports.seen = require("./a").seen;`,
      "a.js": `exports.seen = { ...require("./main") };`,
    });
    assert.deepEqual(sandbox.load("main"), { early: 1, seen: { early: 1 } });
  });

  it("are not those of a relative path outside of the archive", () => {
    for (const name of ["./other", "../package.json", "./lib", `./${"../".repeat(9)}etc/hosts`]) {
      assert.throws(() => valueOf(`require("${name}")`), {
        message: `Cannot find module '${name}' in the archive`,
      });
    }
  });

  it("are Node's own too", () => {
    assert.equal(valueOf(`require("node:path").basename("a/b")`), "b");
    assert.equal(valueOf(`require("util").format("%d", 7)`), "7");
  });

  it("see the archive's place on Lambda, not this machine's", () => {
    assert.deepEqual(valueOf("[__dirname, __filename, this === exports]"), [
      "/var/task",
      "main.js",
      true,
    ]);
  });

  it("throw what they throw", () => {
    assert.throws(() => valueOf(`(() => { throw new TypeError("broken"); })()`), {
      name: "TypeError",
      message: "broken",
    });
  });
});

describe("Sandbox, its output", () => {
  it("is printed a line at a time, wherever it goes", () => {
    const { sandbox, printed } = start({
      "main.js": `
        console.log("one\\ntwo");
        console.error("three");
        console.log("%s is %d", "four", 4);
        process.stdout.write("five\\n");
        process.stderr.write("six");`,
    });
    sandbox.load("main");
    assert.deepEqual(printed, ["one", "two", "three", "four is 4", "five", "six"]);
  });
});

describe("Sandbox.kill", () => {
  it("stops the timers", async () => {
    const { services, sandbox, printed } = start({
      "main.js": `setTimeout(() => console.log("never"), 1_000);`,
    });
    sandbox.load("main");
    sandbox.kill();
    assert.equal(await services.clock.step(START_MS + 5_000), false);
    assert.deepEqual(printed, []);
  });

  it("lets nothing run, print or call any more, whatever is still on its way", async () => {
    const { services, sandbox, printed } = start({
      "main.js": `
        exports.steps = 0;
        exports.goOn = () => {
          setTimeout(() => { exports.steps += 1; }, 0);
          console.log("output");
        };
        exports.call = () => require("http").request({ host: "127.0.0.1", port: 1 }, () => {});`,
    });
    const program = sandbox.load("main") as { goOn: () => void; call: () => void; steps: number };
    sandbox.kill();
    program.goOn();
    assert.throws(program.call, { message: "the process of the function has ended" });
    await pass(services, 5_000);
    assert.deepEqual(printed, []);
    assert.equal(program.steps, 0);
  });

  it("leaves the timers of others alone", async () => {
    const { services, sandbox } = start({ "main.js": "setTimeout(() => {}, 1_000);" });
    sandbox.load("main");
    let ran = false;
    services.clock.after(1_000, () => {
      ran = true;
    });
    sandbox.kill();
    await pass(services, 1_000);
    assert.equal(ran, true);
  });
});

describe("the globals of a process", () => {
  it("are Node's where nothing else is said, by name and by the global object", () => {
    const names = ["Buffer", "URL", "AbortController", "TextEncoder", "queueMicrotask"];
    for (const name of names) {
      assert.equal(valueOf(`${name} === globalThis.${name} && ${name} === global.${name}`), true);
      assert.equal(valueOf(name), Reflect.get(globalThis, name));
    }
  });
});

describe("the globals of this process", () => {
  const names = "Date Math performance process console setTimeout fetch crypto".split(" ");
  const valuesHere = () => names.map((name) => Reflect.get(globalThis, name) as unknown);

  it("stay as they are, whatever the program makes of its own", () => {
    const before = valuesHere();
    const assignments = names.map((name) => `globalThis.${name} = "mine";`).join("\n");
    const { sandbox } = start({
      "main.js": `
        ${assignments}
        global.added = "mine";
        Math.added = "mine";
        Date.added = "mine";
        exports.seen = [globalThis.added, globalThis.fetch];`,
    });
    assert.deepEqual(sandbox.load("main"), { seen: ["mine", "mine"] });
    assert.deepEqual(valuesHere(), before);
    for (const place of [globalThis, Math, Date]) assert.equal("added" in place, false);
  });

  it("are another process's as little", () => {
    const files = { "main.js": `exports.seen = globalThis.added; globalThis.added = "mine";` };
    start(files).sandbox.load("main");
    assert.deepEqual(start(files).sandbox.load("main"), { seen: undefined });
  });
});
