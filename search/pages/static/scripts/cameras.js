// The page of cameras: the map comes alive, and a row and its dot know of each other.

import { create } from "../map/layers/cameras.js";
import { openMap, readMarks } from "../map/zone-map.js";

const figure = document.querySelector("figure[data-map]");
const live = figure && (await openMap(figure));
if (live) live.add(create(readMarks(figure)));
