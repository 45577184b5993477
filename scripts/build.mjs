// npm run build: compiles what changed, and bundles the pages.
import { prepare } from "./prepare.mjs";

prepare();
