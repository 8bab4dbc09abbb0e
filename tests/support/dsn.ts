/** Fields of a delivery status notification. */
export interface DsnShape {
  /** TypeID of the delivery whose mail bounced. */
  readonly deliveryId: string;
  readonly action: string;
  readonly status: string;
  /** Reply of the remote server. */
  readonly diagnostic: string;
}

/** A notification as sent by Postfix (RFC 3464), with the headers of the bounced mail. */
export function dsn(overrides: Partial<DsnShape>): string {
  const shape = {
    action: "failed",
    status: "5.1.1",
    diagnostic: "550 5.1.1 No such user",
    ...overrides,
  };
  return `Return-Path: <>
Received: by mail.example.com (Postfix) id 9DA1F1A0045; Mon, 13 Jul 2026 09:00:01 +0000 (UTC)
Date: Mon, 13 Jul 2026 09:00:01 +0000 (UTC)
From: MAILER-DAEMON@mail.example.com (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: noreply@example.com
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="8B3FD1A0044.1752397201/mail.example.com"
Message-Id: <20260713090001.9DA1F1A0045@mail.example.com>

This is a MIME-encapsulated message.

--8B3FD1A0044.1752397201/mail.example.com
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mail.example.com.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

--8B3FD1A0044.1752397201/mail.example.com
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.com
X-Postfix-Queue-ID: 8B3FD1A0044
X-Postfix-Sender: rfc822; noreply@example.com
Arrival-Date: Mon, 13 Jul 2026 09:00:00 +0000 (UTC)

Final-Recipient: rfc822; person@example.net
Original-Recipient: rfc822;person@example.net
Action: ${shape.action}
Status: ${shape.status}
Remote-MTA: dns; mx.example.net
Diagnostic-Code: smtp; ${shape.diagnostic}

--8B3FD1A0044.1752397201/mail.example.com
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

Return-Path: <noreply@example.com>
From: Waybill <noreply@example.com>
To: Person <person@example.net>
Subject: News
Date: Mon, 13 Jul 2026 09:00:00 +0000
Message-ID: <${shape.deliveryId}@example.com>
X-Waybill-Delivery: ${shape.deliveryId}
MIME-Version: 1.0

--8B3FD1A0044.1752397201/mail.example.com--
`.replaceAll("\n", "\r\n");
}
