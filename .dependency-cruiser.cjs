/** Which folder may know which; arrows point one way (CONTRIBUTING.md). */
const PRODUCT =
  "^(index|config|schema|surroundings)\\.ts$|^(handler|components|policy|simulator|bench|tests|examples)/";

/** A rule: what is in `from` imports of this repository nothing but `to`. */
const knowsOnly = (name, from, to) => ({
  name,
  severity: "error",
  from: { path: from },
  to: { path: PRODUCT, pathNot: to },
});

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    { name: "no-circles", severity: "error", from: {}, to: { circular: true } },
    knowsOnly("handler-stands-alone", "^handler/", "^handler/"),
    knowsOnly("components-know-names", "^components/", "^components/|^handler/(names|index)\\.ts$"),
    knowsOnly("policy-knows-names", "^policy/", "^policy/|^handler/names\\.ts$"),
    {
      ...knowsOnly("simulator-knows-names", "^simulator/", "^simulator/|^handler/names\\.ts$"),
      from: {
        path: "^simulator/",
        pathNot: "^simulator/(deploy/program|scenarios/examples)\\.ts$",
      },
    },
    knowsOnly(
      "checkers-know-aws",
      "^simulator/checkers/",
      "^simulator/(checkers|aws|runtime|deploy|views)/|^simulator/faults\\.ts$|^handler/names\\.ts$",
    ),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    includeOnly: PRODUCT,
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
  },
};
