// A thread for what is asked of the reading index.
import { answerRequests } from "../answer-requests.ts";
import { runQuery } from "./query-tasks.ts";

answerRequests(runQuery);
