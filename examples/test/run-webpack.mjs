// node run-webpack.mjs ENTRY DIRECTORY: what webpack makes of a module that is given nothing but where it is and where
// to write. Its command line is a package of its own, which would do no more.
import { resolve } from "node:path";
import webpack from "webpack";

const [entry, directory] = process.argv.slice(2);
const compiler = webpack({
  entry: resolve(entry),
  output: { path: resolve(directory), filename: "page.js" },
});
compiler.run((error, stats) => {
  if (error) throw error;
  if (stats.hasErrors()) process.exitCode = 1;
  console.log(stats.toString({ preset: "errors-warnings" }));
  compiler.close(() => undefined);
});
