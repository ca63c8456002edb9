// How `make report` draws a run: one file, Gherkin steps first, the same categories as in allure-results/.
import { readFileSync } from "node:fs";

const categories = JSON.parse(readFileSync(new URL("../harness/reports/categories.json", import.meta.url), "utf8"));

export default {
  name: "Lifecycle rehearsal",
  output: "./allure-report",
  categories,
  plugins: {
    awesome: {
      options: {
        reportName: "Lifecycle rehearsal",
        singleFile: true,
        reportLanguage: "en",
        groupBy: ["epic", "feature", "story"],
      },
    },
  },
};
