// What a handler is: the checked input of its route in, its output back.
import type { z } from "zod";
import type { Call } from "../contract.ts";
import type { RouteName, ROUTES } from "../schema/index.ts";

export type Input<N extends RouteName> = z.output<(typeof ROUTES)[N]["input"]>;
export type Output<N extends RouteName> = z.output<(typeof ROUTES)[N]["output"]>;
export type Handler<N extends RouteName> = (input: Input<N>, call: Call) => Promise<Output<N>>;
export type Handlers = { readonly [N in RouteName]: Handler<N> };
export type Some<N extends RouteName> = Pick<Handlers, N>;
