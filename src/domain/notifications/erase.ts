import { LONG, statement } from "../../db/database.ts";
import { eraseBy, type Eraser } from "../eraser.ts";

/** Erases events that are not delivered yet. */
export const notificationEventsEraser: Eraser = {
  tables: ["notification_events"],
  erase: eraseBy(statement(
    "notifications.eraseEvents",
    `with gone as (
       delete from notification_events where ctid = any(array(
         select ctid from notification_events where organization_id = $1 limit $3))
       returning 1
     )
     select count(*) as erased, case when count(*) = $3 then $2::uuid end as last from gone`,
    LONG,
  )),
};

/** Erases notifications. */
export const notificationsEraser: Eraser = {
  tables: ["notifications"],
  erase: eraseBy(statement(
    "notifications.erase",
    `with gone as (
       delete from notifications where ctid = any(array(
         select ctid from notifications where organization_id = $1 limit $3))
       returning 1
     )
     select count(*) as erased, case when count(*) = $3 then $2::uuid end as last from gone`,
    LONG,
  )),
};

/** Erases the settings of users. */
export const notificationUsersEraser: Eraser = {
  tables: ["notification_users"],
  erase: eraseBy(statement(
    "notifications.eraseUsers",
    `with gone as (
       delete from notification_users where ctid = any(array(
         select ctid from notification_users where organization_id = $1 limit $3))
       returning 1
     )
     select count(*) as erased, case when count(*) = $3 then $2::uuid end as last from gone`,
  )),
};
