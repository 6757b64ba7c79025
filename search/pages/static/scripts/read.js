// One passage: the arrows lead to the passages before and after it.

import { onKey } from "./keys.js";

for (const link of document.querySelectorAll("a[data-key]")) onKey(link.dataset.key, () => link.click());
