// Is everything well?
import { z } from "zod";
import { examine } from "../doctor/examine.ts";
import { value } from "./definition.ts";

export const careOperations = {
  doctor: value(z.strictObject({}), (context) => examine(context)),
};
