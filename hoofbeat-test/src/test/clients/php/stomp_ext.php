#!/usr/bin/php
<?php
// SPDX-License-Identifier: Apache-2.0
//
// PHP's stomp extension, a client in C, against a STOMP server: every check has connections and destinations of its
// own.
//
// The extension knows nothing of versions: it sends the headers it is given, escapes none and unescapes none. So its
// user negotiates 1.1 and 1.2 by giving the headers of those versions, as is done here. A receipt it waits for itself.
declare(strict_types=1);

// Where a server ends its frames without a line feed, the extension takes the first octet of the next frame for it, and
// then may read for ever.
pcntl_alarm(58);
set_error_handler(fn(int $code, string $text) => throw new ErrorException($text));

$options = getopt('', ['host:', 'port:', 'ws-url:', 'login:', 'passcode:', 'vhost:']) + ['host' => '127.0.0.1'];
const WAIT = 5;
const LARGE_WAIT = 15;
const UNICODE = "é русский %41 \"double\" 'single' \u{1F40E} \u{2028} end";

function check(bool $condition, string $why): void
{
    if (!$condition) {
        throw new RuntimeException($why);
    }
}

function equal(mixed $actual, mixed $expected): void
{
    check($actual === $expected, sprintf('expected %.120s, got %.120s', json_encode($expected), json_encode($actual)));
}

function topic(): string
{
    return '/topic/php-' . bin2hex(random_bytes(8));
}

function queue(): string
{
    return '/queue/php-' . bin2hex(random_bytes(8));
}

function session(string $version = '1.2', array $headers = [], ?string $passcode = null): Stomp
{
    global $options;
    if ($version !== '1.0') {
        $headers += ['accept-version' => $version, 'host' => $options['vhost'] ?? $options['host']];
    }
    $broker = "tcp://{$options['host']}:{$options['port']}";
    $stomp = new Stomp($broker, $options['login'], $passcode ?? $options['passcode'], $headers);
    $stomp->setReadTimeout(WAIT);
    return $stomp;
}

/** What the server calls an ERROR comes out as an exception or as what error() says, depending on the call. */
function message(Stomp $stomp): StompFrame
{
    $frame = $stomp->readFrame();
    check($frame !== false, 'no MESSAGE within ' . WAIT . ' s ' . $stomp->error());
    equal($frame->command, 'MESSAGE');
    return $frame;
}

/** What an ACK needs besides the message-id, which the extension adds itself. */
function of(StompFrame $frame, array $more = []): array
{
    $headers = $frame->headers;
    return ['subscription' => $headers['subscription'] ?? 'sub', 'id' => $headers['ack'] ?? $headers['message-id']]
        + $more;
}

/** Sends and takes the receipt, which the extension waits for; false is also what it returns after an ERROR. */
function confirmed(Stomp $stomp, bool $done): void
{
    check($done, 'no receipt ' . $stomp->error());
}

function version(string $version): void
{
    [$stomp, $destination] = [session($version), queue()];
    confirmed($stomp, $stomp->subscribe($destination, ['id' => 'sub', 'ack' => 'client', 'receipt' => 'r-subscribe']));
    confirmed($stomp, $stomp->send($destination, $version, ['receipt' => 'r-send']));
    $frame = message($stomp);
    equal($frame->body, $version);
    // The extension does not hand out CONNECTED, but only a 1.2 session has this header.
    equal(isset($frame->headers['ack']), $version === '1.2');
    equal(isset($frame->headers['subscription']), true);
    confirmed($stomp, $stomp->ack($frame, of($frame, ['receipt' => 'r-ack'])));
}

function round_trip(string $body, int $wait = WAIT): void
{
    [$stomp, $destination] = [session(), topic()];
    $stomp->setReadTimeout($wait);
    $stomp->subscribe($destination, ['id' => 'sub', 'ack' => 'auto']);
    $stomp->send($destination, $body);
    $received = message($stomp)->body;
    check($received === $body, sprintf('%d octets came back as %d', strlen($body), strlen($received)));
}

function unicode_header(): void
{
    foreach (['1.0', '1.1', '1.2'] as $version) {
        [$stomp, $destination] = [session($version), topic()];
        $stomp->subscribe($destination, ['id' => 'sub', 'ack' => 'auto']);
        $stomp->send($destination, 'x', ['x-имя' => "é русский %41 \u{1F40E}"]);
        equal(message($stomp)->headers['x-имя'] ?? null, "é русский %41 \u{1F40E}");
    }
}

/** In 1.0 nothing is escaped, so what it sends must come back as it is, a colon and a backslash included. */
function raw_header(): void
{
    [$stomp, $destination] = [session('1.0'), topic()];
    $stomp->subscribe($destination, ['ack' => 'auto']);
    $stomp->send($destination, 'x', ['x-odd' => 'a:b \\ c \\n d']);
    equal(message($stomp)->headers['x-odd'] ?? null, 'a:b \\ c \\n d');
}

function receipts(): void
{
    [$stomp, $destination] = [session(), queue()];
    $receipt = fn(string $id): array => ['receipt' => "r-$id"];
    confirmed($stomp, $stomp->subscribe($destination, ['id' => 'sub', 'ack' => 'client'] + $receipt('subscribe')));
    confirmed($stomp, $stomp->send($destination, 'one', $receipt('send')));
    $frame = message($stomp);
    confirmed($stomp, $stomp->nack($frame, of($frame, $receipt('nack'))));
    $frame = message($stomp);
    confirmed($stomp, $stomp->ack($frame, of($frame, $receipt('ack'))));
    confirmed($stomp, $stomp->begin('one', $receipt('begin')));
    confirmed($stomp, $stomp->commit('one', $receipt('commit')));
    confirmed($stomp, $stomp->begin('two', $receipt('begin')));
    confirmed($stomp, $stomp->abort('two', $receipt('abort')));
    confirmed($stomp, $stomp->unsubscribe($destination, ['id' => 'sub'] + $receipt('unsubscribe')));
}

/**
 * Gets five messages, acknowledges those at the given places and ends the connection; then a second subscriber gets
 * what is expected to have come back, and after it nothing but what is sent now.
 */
function unacknowledged_come_back(string $ack, array $acknowledged, array $expected): void
{
    [$first, $destination] = [session(), queue()];
    $first->subscribe($destination, ['id' => 'sub', 'ack' => $ack]);
    foreach (range(1, 5) as $number) {
        $first->send($destination, (string) $number);
    }
    $frames = array_map(fn() => message($first), range(1, 5));
    equal(array_column($frames, 'body'), ['1', '2', '3', '4', '5']);
    foreach ($acknowledged as $place) {
        confirmed($first, $first->ack($frames[$place - 1], of($frames[$place - 1], ['receipt' => "r-$place"])));
    }
    unset($first); // DISCONNECT, without a receipt

    $second = session();
    $second->subscribe($destination, ['id' => 'sub', 'ack' => 'client-individual']);
    $frames = array_map(fn() => message($second), $expected);
    equal(array_column($frames, 'body'), $expected);
    $second->send($destination, 'sentinel');
    $frames[] = message($second);
    equal(end($frames)->body, 'sentinel');
    foreach ($frames as $frame) {
        confirmed($second, $second->ack($frame, of($frame, ['receipt' => 'r-ack'])));
    }
}

function nack(): void
{
    foreach (['1.1', '1.2'] as $version) {
        [$stomp, $destination] = [session($version), queue()];
        $stomp->subscribe($destination, ['id' => 'sub', 'ack' => 'client-individual']);
        $stomp->send($destination, 'again');
        $frame = message($stomp);
        $stomp->nack($frame, of($frame));
        $frame = message($stomp);
        equal([$frame->body, $frame->headers['redelivered'] ?? null], ['again', 'true']);
        confirmed($stomp, $stomp->ack($frame, of($frame, ['receipt' => 'r-ack'])));
    }
}

/** Two messages in a transaction and one outside, which must be the only one until the transaction ends. */
function transaction(string $end, array $expected): void
{
    [$stomp, $destination] = [session(), topic()];
    $stomp->subscribe($destination, ['id' => 'sub', 'ack' => 'auto']);
    $stomp->begin('tx');
    $stomp->send($destination, 'in 1', ['transaction' => 'tx']);
    $stomp->send($destination, 'in 2', ['transaction' => 'tx']);
    $stomp->send($destination, 'out');
    equal(message($stomp)->body, 'out');
    $stomp->$end('tx');
    $stomp->send($destination, 'after');
    equal(array_map(fn() => message($stomp)->body, $expected), $expected);
}

function wildcard(): void
{
    [$stomp, $base] = [session(), topic()];
    $stomp->subscribe("$base.*", ['id' => 'sub', 'ack' => 'auto']);
    $stomp->send("$base.a.b", 'two segments');
    $stomp->send("$base.a", 'one segment');
    $frame = message($stomp);
    equal([$frame->body, $frame->headers['destination']], ['one segment', "$base.a"]);
}

/** It sends no beats but bears those of the server: each of them is a frame that is there and then is none. */
function heart_beat(): void
{
    $asked = (int) (getenv('HEARTBEAT_MS') ?: 1000);
    [$stomp, $destination] = [session('1.2', ['heart-beat' => "0,$asked"]), topic()];
    // CONNECTED is not handed out, so it is not known what the server offers.
    [$beats, $start] = [0, microtime(true)];
    $idle = fn(): float => microtime(true) - $start;
    while (($beats < 3 || $idle() < 3.3 * $asked / 1000) && $idle() < 40) {
        if ($stomp->hasFrame()) {
            check($stomp->readFrame() === false, 'a frame came while idle');
            $beats++;
        }
    }
    check($beats >= 3, "$beats beats");
    $stomp->subscribe($destination, ['id' => 'sub', 'ack' => 'auto']);
    $stomp->send($destination, 'alive');
    equal(message($stomp)->body, 'alive');
}

function wrong_password(): void
{
    global $options;
    try {
        session(passcode: "not {$options['passcode']}");
    } catch (StompException $refused) {
        // "Server is not responding" and the like would be a connection that was closed without a word.
        check(!preg_match('/not responding|unexpectedly|Unable|socket/i', $refused->getMessage()),
            'no ERROR: ' . $refused->getMessage());
        return;
    }
    check(false, 'connected with a wrong password');
}

$checks = [
    'version-1.0' => fn() => version('1.0'),
    'version-1.1' => fn() => version('1.1'),
    'version-1.2' => fn() => version('1.2'),
    'text' => fn() => round_trip('hello, world'),
    'unicode-body' => fn() => round_trip(UNICODE),
    'binary-body' => fn() => round_trip(str_repeat(implode('', array_map('chr', range(0, 255))), 4)),
    'large-body' => fn() => round_trip(str_repeat('0123456789abcdef', 65536), LARGE_WAIT),
    'unicode-header' => unicode_header(...),
    'raw-header' => raw_header(...),
    'escaped-header' => 'it neither escapes nor unescapes',
    'receipts' => receipts(...),
    'ack-auto' => fn() => unacknowledged_come_back('auto', [], []),
    'ack-client' => fn() => unacknowledged_come_back('client', [3], ['4', '5']),
    'ack-client-individual' => fn() => unacknowledged_come_back('client-individual', [2, 4], ['1', '3', '5']),
    'nack' => nack(...),
    'transaction-commit' => fn() => transaction('commit', ['in 1', 'in 2', 'after']),
    'transaction-abort' => fn() => transaction('abort', ['after']),
    'wildcard' => wildcard(...),
    'heart-beat' => heart_beat(...),
    'wrong-password' => wrong_password(...),
    'disconnect' => 'it closes without waiting; ack-client shows that the server has noticed',
];

$count = ['ok' => 0, 'FAILED' => 0, 'n/a' => 0];
foreach ($checks as $name => $check) {
    [$outcome, $why] = ['ok', ''];
    try {
        is_string($check) ? [$outcome, $why] = ['n/a', $check] : $check();
    } catch (Throwable $e) {
        // Not the details of a StompException: the extension lets the memory behind them show.
        [$outcome, $why] = ['FAILED', trim(preg_replace('/\s+/', ' ', $e->getMessage()))];
    }
    $count[$outcome]++;
    echo "$outcome $name", $why === '' ? '' : ": $why", "\n";
}
printf("php-stomp %s: %d passed, %d failed, %d n/a\n", phpversion('stomp'), ...array_values($count));
exit($count['FAILED'] ? 1 : 0);
