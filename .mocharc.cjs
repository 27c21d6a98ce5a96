const { existsSync } = require("node:fs");

/** What plays for long, or starts processes: `npm run test:slow`. All else is `npm test`. */
const slow = [
  "tests/{archive,program.engine}.spec.ts",
  "tests/bench/{failover,fullRead}.spec.ts",
  "tests/guest/**/*.spec.ts",
  "tests/moto/**/*.spec.ts",
  "tests/policy/pack.spec.ts",
  "tests/simulator/{main,package,soak}.spec.ts",
  "tests/simulator/**/*.slow.spec.ts",
];

/** No healthy run comes near it: a busy machine is no test's verdict. */
const TEN_MINUTES_MS = 600_000;

/** The options whose value stands behind them, as far as one gives them with a file. */
const VALUED = /^(-[fgjRrt]|--(fgrep|grep|jobs|reporter|require|timeout))$/;
const args = process.argv.slice(2);
const paths = args.filter((arg, index) => !/^-/.test(arg) && !VALUED.test(args[index - 1] ?? ""));
const missing = paths.find((path) => !existsSync(path) && !/[*?{(]/.test(path));
if (missing !== undefined) throw new Error(`there is no file or folder ${missing}`);

const isSlow = process.env.TEST_TIER === "slow";
const specs = isSlow ? { spec: slow } : { spec: ["tests/**/*.spec.ts"], ignore: slow };

module.exports = {
  require: ["ts-node/register"],
  extension: ["ts"],
  reporter: "tests/slowestFiles.ts",
  "forbid-only": true,
  "fail-zero": true,
  timeout: TEN_MINUTES_MS,
  parallel: true,
  jobs: 2,
  // A file or folder on the command line is all that runs.
  ...(paths.length > 0 ? {} : specs),
};
