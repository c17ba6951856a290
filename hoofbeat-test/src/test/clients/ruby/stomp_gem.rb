#!/usr/bin/ruby
# frozen_string_literal: true
# SPDX-License-Identifier: Apache-2.0
#
# Ruby's stomp gem against a STOMP server: every check has connections and destinations of its own.

require 'optparse'
require 'securerandom'
require 'stomp'
require 'timeout'

$VERBOSE = nil # the gem warns about every end of a connection
Thread.report_on_exception = false

OPTIONS = { host: '127.0.0.1' }
OptionParser.new do |options|
  options.on('--host HOST')
  options.on('--port PORT', Integer)
  options.on('--ws-url URL', 'not used')
  options.on('--login LOGIN')
  options.on('--passcode PASSCODE')
  options.on('--vhost NAME', 'the host header; without it the host')
end.parse!(into: OPTIONS)

UNICODE = "é русский %41 \"double\" 'single' 🐎 \u2028 end"
WAIT = 5
LARGE_WAIT = 15

class Failure < StandardError; end

def check(condition, why)
  raise Failure, why unless condition
end

def equal(actual, expected)
  check(actual == expected, "expected #{expected.inspect[0, 120]}, got #{actual.inspect[0, 120]}")
end

def topic = "/topic/ruby-#{SecureRandom.hex}"
def queue = "/queue/ruby-#{SecureRandom.hex}"

# One connection, whose frames are waited for by what they are rather than by when they come.
class Session
  attr_reader :connection

  def initialize(version: '1.2', passcode: OPTIONS[:passcode], heart_beat: nil)
    headers = {}
    # The gem speaks 1.0 when it is given neither a version nor a host.
    headers.update('accept-version' => version, 'host' => OPTIONS[:vhost] || OPTIONS[:host]) if version != '1.0'
    headers['heart-beat'] = heart_beat if heart_beat
    host = { login: OPTIONS[:login], passcode: passcode, host: OPTIONS[:host], port: OPTIONS[:port] }
    @connection = Stomp::Connection.new(hosts: [host], reliable: false, connect_headers: headers,
                                        parse_timeout: WAIT, connect_timeout: WAIT, connread_timeout: WAIT)
    @frames = []
  end

  def connected = connection.connection_frame

  # The first frame of this command with these headers; an ERROR that nobody asked for ends the check.
  def expect(command, headers = {}, wait = WAIT)
    Timeout.timeout(wait, Failure, "no #{command} #{headers} within #{wait} s") do
      loop do
        found = @frames.find { |frame| frame.command == command && headers <= frame.headers }
        return @frames.delete(found) if found

        frame = connection.receive
        check(frame, "no #{command} #{headers} before the connection closed")
        check(frame.command != 'ERROR', "ERROR #{frame.headers['message']} #{frame.body}")
        @frames << frame
      end
    end
  end

  def subscribe(destination, ack = 'auto', headers = {})
    connection.subscribe(destination, { id: 'sub', ack: ack }.merge(headers))
  end

  def send(destination, body, headers = {}) = connection.publish(destination, body, headers)

  def body = text(expect('MESSAGE').body)

  def text(bytes) = bytes.dup.force_encoding('UTF-8')

  def acknowledge(message, frame: :ack, headers: {})
    case connection.protocol
    when '1.2' then connection.public_send(frame, message.headers['ack'], headers)
    when '1.1' then connection.public_send(frame, message.headers['message-id'], headers.merge(subscription: 'sub'))
    else connection.public_send(frame, message.headers['message-id'], headers)
    end
  end

  # DISCONNECT with a receipt, so that the server is known to have taken back what was not acknowledged.
  def close
    receipt = SecureRandom.hex
    Timeout.timeout(WAIT, Failure, 'no receipt for DISCONNECT') { connection.disconnect(receipt: receipt) }
    equal([connection.disconnect_receipt&.command, connection.disconnect_receipt&.headers&.dig('receipt-id')],
          ['RECEIPT', receipt])
  end
end

def version(number)
  session = Session.new(version: number)
  destination = queue
  equal(session.connection.protocol, number)
  equal(session.connected.headers['version'] || '1.0', number)
  session.subscribe(destination, 'client')
  session.send(destination, number)
  message = session.expect('MESSAGE')
  equal(message.body, number)
  session.acknowledge(message)
  session.close
end

# The gem's own thread and its blocks, which the other checks do without.
def text_with_client
  destination = topic
  received = Queue.new
  host = { login: OPTIONS[:login], passcode: OPTIONS[:passcode], host: OPTIONS[:host], port: OPTIONS[:port] }
  headers = { 'accept-version' => '1.1,1.2', 'host' => OPTIONS[:vhost] || OPTIONS[:host] }
  client = Stomp::Client.new(hosts: [host], reliable: false, connect_headers: headers, start_timeout: WAIT)
  equal(client.protocol, '1.2')
  client.subscribe(destination) { |message| received << message.body }
  client.publish(destination, 'hello, world') { |receipt| received << receipt.command }
  got = Timeout.timeout(WAIT, Failure, 'no message or no receipt') { [received.pop, received.pop] }
  equal(got.sort, ['RECEIPT', 'hello, world'])
  client.close
end

def round_trip(body, wait: WAIT)
  session = Session.new
  destination = topic
  session.subscribe(destination)
  session.send(destination, body)
  received = session.expect('MESSAGE', {}, wait).body
  check(received.b == body.b, "#{body.bytesize} octets came back as #{received.bytesize}: #{received.inspect[0, 80]}")
  session.close
end

def headers_come_back(number, headers)
  session = Session.new(version: number)
  destination = topic
  session.subscribe(destination)
  session.send(destination, 'x', headers)
  received = session.expect('MESSAGE').headers.to_h { |name, value| [session.text(name), value] }
  headers.each { |name, value| equal(session.text(received[name] || ''), value) }
  session.close
end

def unicode_header
  %w[1.0 1.1 1.2].each { |number| headers_come_back(number, 'x-имя' => 'é русский %41 🐎') }
end

# The gem takes "\\" for a backslash first and then looks for "\n" in what came out, so that a backslash before an n,
# an r or a c does not come back; and it escapes CR in 1.1 too, which that version has no escape for.
def escaped_header
  headers_come_back('1.1', 'x-odd' => "a:b \\ c\nd", 'x:name' => '1')
  headers_come_back('1.2', 'x-odd' => "a:b \\ c\nd\r e", 'x:name' => '1')
end

def receipts
  session = Session.new
  connection = session.connection
  destination = queue
  session.subscribe(destination, 'client', receipt: 'r-subscribe')
  session.expect('RECEIPT', 'receipt-id' => 'r-subscribe')
  session.send(destination, 'one', receipt: 'r-send')
  session.expect('RECEIPT', 'receipt-id' => 'r-send')
  %w[nack ack].each do |frame|
    session.acknowledge(session.expect('MESSAGE'), frame: frame, headers: { receipt: "r-#{frame}" })
    session.expect('RECEIPT', 'receipt-id' => "r-#{frame}")
  end
  %w[commit abort].each do |finish|
    connection.begin(finish, receipt: "r-begin-#{finish}")
    session.expect('RECEIPT', 'receipt-id' => "r-begin-#{finish}")
    connection.public_send(finish, finish, receipt: "r-#{finish}")
    session.expect('RECEIPT', 'receipt-id' => "r-#{finish}")
  end
  connection.unsubscribe(destination, id: 'sub', receipt: 'r-unsubscribe')
  session.expect('RECEIPT', 'receipt-id' => 'r-unsubscribe')
  session.close
end

# Gets five messages, acknowledges those at the given places and ends the connection; then a second subscriber gets
# what is expected to have come back, and after it nothing but what is sent now.
def unacknowledged_come_back(ack, acknowledged, expected)
  first = Session.new
  destination = queue
  first.subscribe(destination, ack)
  (1..5).each { |number| first.send(destination, number.to_s) }
  messages = Array.new(5) { first.expect('MESSAGE') }
  equal(messages.map(&:body), %w[1 2 3 4 5])
  acknowledged.each { |place| first.acknowledge(messages[place - 1]) }
  first.close

  second = Session.new
  second.subscribe(destination, 'client-individual')
  messages = expected.map { second.expect('MESSAGE') }
  equal(messages.map(&:body), expected)
  second.send(destination, 'sentinel')
  messages << second.expect('MESSAGE')
  equal(messages.last.body, 'sentinel')
  messages.each { |message| second.acknowledge(message) }
  second.close
end

def nack
  %w[1.1 1.2].each do |number|
    session = Session.new(version: number)
    destination = queue
    session.subscribe(destination, 'client-individual')
    session.send(destination, 'again')
    session.acknowledge(session.expect('MESSAGE'), frame: :nack)
    message = session.expect('MESSAGE')
    equal([message.body, message.headers['redelivered']], %w[again true])
    session.acknowledge(message)
    session.close
  end
end

# Two messages in a transaction and one outside, which must be the only one until the transaction ends.
def transaction(finish, expected)
  session = Session.new
  destination = topic
  session.subscribe(destination)
  session.connection.begin('tx')
  session.send(destination, 'in 1', transaction: 'tx')
  session.send(destination, 'in 2', transaction: 'tx')
  session.send(destination, 'out')
  equal(session.body, 'out')
  session.connection.public_send(finish, 'tx')
  session.send(destination, 'after')
  equal(expected.map { session.body }, expected)
  session.close
end

def wildcard
  session = Session.new
  base = topic
  session.subscribe("#{base}.*")
  session.send("#{base}.a.b", 'two segments')
  session.send("#{base}.a", 'one segment')
  message = session.expect('MESSAGE')
  equal([message.body, message.headers['destination']], ['one segment', "#{base}.a"])
  session.close
end

def heart_beat
  wanted = ENV.fetch('HEARTBEAT_MS', '1000').to_i
  session = Session.new(heart_beat: "#{wanted},#{wanted}")
  offered = session.connected.headers['heart-beat'].split(',').map(&:to_i)
  check(offered.all?(&:positive?), 'the server offers no heart-beats')
  # To be idle for a time is what this check is about; the gem's own threads send and count the beats meanwhile.
  sleep(3.3 * [wanted, *offered].max / 1000)
  connection = session.connection
  check(connection.hb_received && connection.hb_sent, 'the gem has missed a beat')
  check(connection.hbsend_count >= 3, "#{connection.hbsend_count} beats sent")
  check(connection.hbrecv_count >= 2, "#{connection.hbrecv_count} beats received")
  destination = topic
  session.subscribe(destination)
  session.send(destination, 'alive')
  equal(session.body, 'alive')
  session.close
end

def wrong_password
  session = Session.new(passcode: "not #{OPTIONS[:passcode]}")
  equal(session.connected&.command, 'ERROR')
  Timeout.timeout(WAIT, Failure, 'the connection stays open after the ERROR') do
    equal(session.connection.receive, nil)
  end
end

CHECKS = {
  'version-1.0' => -> { version('1.0') },
  'version-1.1' => -> { version('1.1') },
  'version-1.2' => -> { version('1.2') },
  'text' => -> { text_with_client },
  'unicode-body' => -> { round_trip(UNICODE) },
  'binary-body' => -> { round_trip((0..255).to_a.pack('C*') * 4) },
  'large-body' => -> { round_trip('0123456789abcdef' * 65_536, wait: LARGE_WAIT) },
  'unicode-header' => -> { unicode_header },
  'escaped-header' => -> { escaped_header },
  'receipts' => -> { receipts },
  'ack-auto' => -> { unacknowledged_come_back('auto', [], []) },
  'ack-client' => -> { unacknowledged_come_back('client', [3], %w[4 5]) },
  'ack-client-individual' => -> { unacknowledged_come_back('client-individual', [2, 4], %w[1 3 5]) },
  'nack' => -> { nack },
  'transaction-commit' => -> { transaction(:commit, ['in 1', 'in 2', 'after']) },
  'transaction-abort' => -> { transaction(:abort, ['after']) },
  'wildcard' => -> { wildcard },
  'heart-beat' => -> { heart_beat },
  'wrong-password' => -> { wrong_password },
  'disconnect' => -> { Session.new.close }
}.freeze

$stdout.sync = true
failed = CHECKS.count do |name, body|
  body.call
  puts "ok #{name}"
  false
rescue StandardError => e
  puts "FAILED #{name}: #{e.class == Failure ? e.message : e.inspect}".gsub(/\s+/, ' ')
  true
end
puts "stomp-gem #{Stomp::Version::STRING}: #{CHECKS.size - failed} passed, #{failed} failed, 0 n/a"
exit!(failed.zero? ? 0 : 1)
