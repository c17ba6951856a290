#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Perl's Net::Stomp against a STOMP server: every check has connections and destinations of its own.
#
# The module knows nothing of versions: it sends the headers it is given, escapes none and unescapes none. So its user
# negotiates 1.1 and 1.2 by giving the headers of those versions, as is done here.
use strict;
use warnings;
use utf8;

use Encode qw(encode_utf8);
use Getopt::Long;
use List::Util qw(max);
use Net::Stomp;
use Time::HiRes qw(time);

my %option = (host => '127.0.0.1');
GetOptions(\%option, 'host=s', 'port=i', 'ws-url=s', 'login=s', 'passcode=s', 'vhost=s') or exit 2;

my $wait       = 5;
my $large_wait = 15;
my $unicode    = encode_utf8("é русский %41 \"double\" 'single' \x{1F40E} \x{2028} end");
my $serial     = 0;

sub fresh { return sprintf '%s%x%x-%d', shift, $$, time * 1e6, ++$serial }
sub topic { return fresh('/topic/perl-') }
sub queue { return fresh('/queue/perl-') }

sub check { my ($condition, $why) = @_; die "$why\n" unless $condition }

sub equal {
    my ($actual, $expected) = @_;
    check(defined $actual && $actual eq $expected,
        sprintf 'expected %.120s, got %.120s', $expected, $actual // 'nothing');
}

# A connection in the given version, with the CONNECTED or ERROR frame that answered.
sub opened {
    my ($version, %headers) = @_;
    my $stomp = Net::Stomp->new({
        hostname => $option{host}, port => $option{port}, timeout => $wait,
        # Without these the module tries for ever to connect anew.
        initial_reconnect_attempts => 1, reconnect_attempts => 1, connect_delay => 0,
    });
    $stomp->{pending} = [];
    my %versioned = $version eq '1.0' ? () : ('accept-version' => $version, host => $option{vhost} // $option{host});
    my $answer = $stomp->connect({
        login => $option{login}, passcode => $option{passcode}, %versioned, %headers });
    return ($stomp, $answer);
}

sub session {
    my ($version, %headers) = @_;
    my ($stomp, $answer) = opened($version // '1.2', %headers);
    check($answer, 'no answer to CONNECT');
    equal($answer->command, 'CONNECTED');
    return wantarray ? ($stomp, $answer->headers) : $stomp;
}

# The first frame of this command with these headers; an ERROR that nobody asked for ends the check.
sub expect {
    my ($stomp, $command, $headers, $seconds) = @_;
    my $wanted = join ' ', $command, %{ $headers // {} };
    my $until = time + ($seconds // $wait);
    my $matches = sub {
        my $frame = shift;
        return $frame->command eq $command
            && !grep { ($frame->headers->{$_} // '') ne $headers->{$_} } keys %{ $headers // {} };
    };
    my $pending = $stomp->{pending};
    while (1) {
        for my $place (0 .. $#$pending) {
            return splice @$pending, $place, 1 if $matches->($pending->[$place]);
        }
        my $frame = $stomp->receive_frame({ timeout => max(0, $until - time) });
        check($frame, "no $wanted: the connection is closed or it took too long");
        check($frame->command ne 'ERROR',
            join ' ', 'ERROR', $frame->headers->{message} // '', $frame->body // '');
        push @$pending, $frame;
    }
}

sub command {
    my ($stomp, $command, $headers) = @_;
    $stomp->send_frame(Net::Stomp::Frame->new({ command => $command, headers => $headers }));
}

sub message { my $stomp = shift; return expect($stomp, 'MESSAGE') }

# What an ACK needs besides the message-id, which the module adds itself.
sub of { my $frame = shift; my $h = $frame->headers;
    return (frame => $frame, subscription => $h->{subscription} // 'sub', id => $h->{ack} // $h->{'message-id'});
}

# DISCONNECT with a receipt, so that the server is known to have taken back what was not acknowledged. The module's
# own disconnect waits for nothing.
sub finish {
    my $stomp = shift;
    my $receipt = fresh('bye');
    command($stomp, 'DISCONNECT', { receipt => $receipt });
    expect($stomp, 'RECEIPT', { 'receipt-id' => $receipt });
    $stomp->socket->close;
}

sub version {
    my $version = shift;
    my ($stomp, $connected) = session($version);
    my $destination = queue();
    equal($connected->{version} // '1.0', $version);
    $stomp->subscribe({ destination => $destination, id => 'sub', ack => 'client' });
    $stomp->send({ destination => $destination, body => $version });
    my $frame = message($stomp);
    equal($frame->body, $version);
    $stomp->ack({ of($frame) });
    finish($stomp);
}

sub round_trip {
    my ($body, $seconds) = @_;
    my ($stomp, $destination) = (scalar session(), topic());
    $stomp->subscribe({ destination => $destination, id => 'sub' });
    $stomp->send({ destination => $destination, body => $body, bytes_message => 1 });
    my $received = expect($stomp, 'MESSAGE', {}, $seconds)->body;
    check($received eq $body, sprintf '%d octets came back as %d', length $body, length $received);
    finish($stomp);
}

sub unicode_header {
    for my $version (qw(1.0 1.1 1.2)) {
        my ($stomp, $destination) = (scalar session($version), topic());
        my ($name, $value) = (encode_utf8('x-имя'), encode_utf8("é русский %41 \x{1F40E}"));
        $stomp->subscribe({ destination => $destination, id => 'sub' });
        $stomp->send({ destination => $destination, $name => $value, body => 'x' });
        equal(message($stomp)->headers->{$name}, $value);
        finish($stomp);
    }
}

# In 1.0 nothing is escaped, so what it sends must come back as it is, a colon and a backslash included.
sub raw_header {
    my ($stomp, $destination) = (scalar session('1.0'), topic());
    $stomp->subscribe({ destination => $destination });
    $stomp->send({ destination => $destination, 'x-odd' => 'a:b \\ c \\n d', body => 'x' });
    equal(message($stomp)->headers->{'x-odd'}, 'a:b \\ c \\n d');
    finish($stomp);
}

sub receipts {
    my ($stomp, $destination) = (scalar session(), queue());
    my $receipt = sub { expect($stomp, 'RECEIPT', { 'receipt-id' => shift }) };
    $stomp->subscribe({ destination => $destination, id => 'sub', ack => 'client', receipt => 'r-subscribe' });
    $receipt->('r-subscribe');
    $stomp->send({ destination => $destination, body => 'one', receipt => 'r-send' });
    $receipt->('r-send');
    $stomp->nack({ of(message($stomp)), receipt => 'r-nack' });
    $receipt->('r-nack');
    $stomp->ack({ of(message($stomp)), receipt => 'r-ack' });
    $receipt->('r-ack');
    for my $end (qw(COMMIT ABORT)) {
        command($stomp, 'BEGIN', { transaction => $end, receipt => "r-begin-$end" });
        $receipt->("r-begin-$end");
        command($stomp, $end, { transaction => $end, receipt => "r-$end" });
        $receipt->("r-$end");
    }
    $stomp->unsubscribe({ id => 'sub', receipt => 'r-unsubscribe' });
    $receipt->('r-unsubscribe');
    # The module's own way to wait for a receipt, which wants a connection that gets no messages.
    check($stomp->send_with_receipt({ destination => $destination, body => 'two' }), 'send_with_receipt failed');
    finish($stomp);
}

# Gets five messages, acknowledges those at the given places and ends the connection; then a second subscriber gets
# what is expected to have come back, and after it nothing but what is sent now.
sub unacknowledged_come_back {
    my ($ack, $acknowledged, $expected) = @_;
    my ($first, $destination) = (scalar session(), queue());
    $first->subscribe({ destination => $destination, id => 'sub', ack => $ack });
    $first->send({ destination => $destination, body => $_ }) for 1 .. 5;
    my @frames = map { message($first) } 1 .. 5;
    equal(join(' ', map { $_->body } @frames), '1 2 3 4 5');
    $first->ack({ of($frames[$_ - 1]) }) for @$acknowledged;
    finish($first);

    my $second = session();
    $second->subscribe({ destination => $destination, id => 'sub', ack => 'client-individual' });
    @frames = map { message($second) } @$expected;
    equal(join(' ', map { $_->body } @frames), join(' ', @$expected));
    $second->send({ destination => $destination, body => 'sentinel' });
    push @frames, message($second);
    equal($frames[-1]->body, 'sentinel');
    $second->ack({ of($_) }) for @frames;
    finish($second);
}

sub nack {
    for my $version (qw(1.1 1.2)) {
        my ($stomp, $destination) = (scalar session($version), queue());
        $stomp->subscribe({ destination => $destination, id => 'sub', ack => 'client-individual' });
        $stomp->send({ destination => $destination, body => 'again' });
        $stomp->nack({ of(message($stomp)) });
        my $frame = message($stomp);
        equal($frame->body, 'again');
        equal($frame->headers->{redelivered}, 'true');
        $stomp->ack({ of($frame) });
        finish($stomp);
    }
}

# Two messages in a transaction and one outside, which must be the only one until the transaction ends.
sub transaction {
    my ($end, @expected) = @_;
    my ($stomp, $destination) = (scalar session(), topic());
    $stomp->subscribe({ destination => $destination, id => 'sub' });
    command($stomp, 'BEGIN', { transaction => 'tx' });
    $stomp->send({ destination => $destination, body => $_, transaction => 'tx' }) for 'in 1', 'in 2';
    $stomp->send({ destination => $destination, body => 'out' });
    equal(message($stomp)->body, 'out');
    command($stomp, $end, { transaction => 'tx' });
    $stomp->send({ destination => $destination, body => 'after' });
    equal(message($stomp)->body, $_) for @expected;
    finish($stomp);
}

sub wildcard {
    my ($stomp, $base) = (scalar session(), topic());
    $stomp->subscribe({ destination => "$base.*", id => 'sub' });
    $stomp->send({ destination => "$base.a.b", body => 'two segments' });
    $stomp->send({ destination => "$base.a", body => 'one segment' });
    my $frame = message($stomp);
    equal($frame->body, 'one segment');
    equal($frame->headers->{destination}, "$base.a");
    finish($stomp);
}

# The module sends no beats but bears those of the server, which is what is asked for here.
sub heart_beat {
    my $asked = $ENV{HEARTBEAT_MS} // 1000;
    my ($stomp, $connected) = session('1.2', 'heart-beat' => "0,$asked");
    my ($offered) = split /,/, $connected->{'heart-beat'} // '0,0';
    check($offered > 0, 'the server offers no heart-beats');
    my $until = time + 3.3 * max($asked, $offered) / 1000;
    my $beats = 0;
    while ((my $left = $until - time) > 0) {
        next unless $stomp->select->can_read($left);
        check(!$stomp->receive_frame({ timeout => 0 }), 'a frame came while idle');
        check($stomp->socket->connected, 'closed while idle');
        $beats++;
    }
    check($beats >= 3, "$beats beats");
    my $destination = topic();
    $stomp->subscribe({ destination => $destination, id => 'sub' });
    $stomp->send({ destination => $destination, body => 'alive' });
    equal(message($stomp)->body, 'alive');
    finish($stomp);
}

sub closed_by_server {
    my $stomp = shift;
    return !$stomp->receive_frame({ timeout => $wait }) && !$stomp->socket->connected;
}

sub wrong_password {
    my ($stomp, $answer) = opened('1.2', passcode => "not $option{passcode}");
    check($answer, 'closed without an ERROR');
    equal($answer->command, 'ERROR');
    check(closed_by_server($stomp), 'the connection stays open after the ERROR');
}

sub disconnect {
    my $stomp = session();
    command($stomp, 'DISCONNECT', { receipt => 'bye' });
    expect($stomp, 'RECEIPT', { 'receipt-id' => 'bye' });
    check(closed_by_server($stomp), 'still open, or another frame, after the receipt');
    session()->disconnect;
}

my @checks = (
    'version-1.0'           => sub { version('1.0') },
    'version-1.1'           => sub { version('1.1') },
    'version-1.2'           => sub { version('1.2') },
    'text'                  => sub { round_trip('hello, world') },
    'unicode-body'          => sub { round_trip($unicode) },
    'binary-body'           => sub { round_trip(pack('C*', 0 .. 255) x 4) },
    'large-body'            => sub { round_trip('0123456789abcdef' x 65536, $large_wait) },
    'unicode-header'        => \&unicode_header,
    'raw-header'            => \&raw_header,
    'escaped-header'        => 'it neither escapes nor unescapes',
    'receipts'              => \&receipts,
    'ack-auto'              => sub { unacknowledged_come_back('auto', [], []) },
    'ack-client'            => sub { unacknowledged_come_back('client', [3], [ 4, 5 ]) },
    'ack-client-individual' => sub { unacknowledged_come_back('client-individual', [ 2, 4 ], [ 1, 3, 5 ]) },
    'nack'                  => \&nack,
    'transaction-commit'    => sub { transaction('COMMIT', 'in 1', 'in 2', 'after') },
    'transaction-abort'     => sub { transaction('ABORT', 'after') },
    'wildcard'              => \&wildcard,
    'heart-beat'            => \&heart_beat,
    'wrong-password'        => \&wrong_password,
    'disconnect'            => \&disconnect,
);

$| = 1;
my %count = (ok => 0, FAILED => 0, 'n/a' => 0);
while (my ($name, $check) = splice @checks, 0, 2) {
    my ($outcome, $why) = ('ok', '');
    if (!ref $check) {
        ($outcome, $why) = ('n/a', $check);
    } elsif (!eval {
        # Beats that come in keep the module from its own time-outs.
        local $SIG{ALRM} = sub { die "it took too long\n" };
        alarm 45;
        $check->();
        1;
    }) {
        ($outcome, $why) = ('FAILED', $@);
    }
    alarm 0;
    $count{$outcome}++;
    $why =~ s/\s+/ /g;
    $why =~ s/ $//;
    print "$outcome $name", (length $why ? ": $why" : ''), "\n";
}
print "Net::Stomp $Net::Stomp::VERSION: $count{ok} passed, $count{FAILED} failed, $count{'n/a'} n/a\n";
exit($count{FAILED} ? 1 : 0);
