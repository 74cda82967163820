%% The suite's closed loop in Erlang: a process for each caller, that waits for its answer before it asks again.
-module(closed_loop).
-export([open/0, run/4, counted/1, growth/2, message_of/2, ms_since/1]).

-define(SENT, sent).
-define(PADDING, "mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm").

%% How many messages each agent has got, over all loads.
open() ->
    ?SENT = ets:new(?SENT, [named_table, public]),
    ok.

%% Step(Agent, N) sends the agent its N-th message, and fails unless the answer is right. Steps a second, and the median and the
%% 99th percentile of one, in ms.
run(Agents, WarmUpMs, Ms, Step) ->
    _ = callers(Agents, WarmUpMs, Step),
    Start = erlang:monotonic_time(),
    Times = callers(Agents, Ms, Step),
    Took = ms_since(Start),
    Sorted = list_to_tuple(lists:sort(Times)),
    [tuple_size(Sorted) * 1000 / Took, percentile(Sorted, 0.5), percentile(Sorted, 0.99)].

ms_since(Start) -> ms(erlang:monotonic_time() - Start).

ms(Native) -> erlang:convert_time_unit(Native, native, nanosecond) / 1.0e6.

%% How long each call took.
callers(Agents, Ms, Step) ->
    End = erlang:monotonic_time() + erlang:convert_time_unit(Ms, millisecond, native),
    Self = self(),
    Callers = [spawn_link(fun() -> Self ! {self(), caller(Agent, End, Step)} end) || Agent <- lists:seq(0, Agents - 1)],
    lists:append([receive {Caller, Times} -> Times end || Caller <- Callers]).

caller(Agent, End, Step) ->
    {Sent, Times} = steps(Agent, ets:lookup_element(sent_by(Agent), Agent, 2), erlang:monotonic_time(), End, Step, []),
    ets:insert(?SENT, {Agent, Sent}),
    Times.

sent_by(Agent) ->
    ets:insert_new(?SENT, {Agent, 0}),
    ?SENT.

steps(_Agent, Sent, Now, End, _Step, Times) when Now >= End -> {Sent, Times};
steps(Agent, Sent, Now, End, Step, Times) ->
    Step(Agent, Sent + 1),
    Then = erlang:monotonic_time(),
    steps(Agent, Sent + 1, Then, End, Step, [Then - Now | Times]).

%% A step whose answer, that of Send(Agent, Message), is to be the agent's count.
counted(Send) ->
    fun(Agent, Expected) ->
        case Send(Agent, message_of(Agent, Expected)) of
            Expected -> ok;
            Count -> error({wrong_count, Agent, Count, Expected})
        end
    end.

%% A message of 40 bytes, unlike any other of the agent's.
message_of(Agent, N) ->
    padded(<<(integer_to_binary(Agent))/binary, $-, (integer_to_binary(N))/binary, $->>).

padded(Start) -> <<Start/binary, (binary:part(<<?PADDING>>, 0, 40 - byte_size(Start)))/binary>>.

%% The figure that a share of the figures doesn't exceed, interpolated between neighbours, in ms.
percentile(Sorted, Share) ->
    At = (tuple_size(Sorted) - 1) * Share,
    Below = element(floor(At) + 1, Sorted),
    Above = element(ceil(At) + 1, Sorted),
    ms(round(Below + (Above - Below) * (At - floor(At)))).

%% Adds messages of 500 bytes one after the other; Add answers with the history's length. How long each took, in ms.
growth(Steps, Add) -> [grown(N, Add) || N <- lists:seq(0, Steps - 1)].

grown(N, Add) ->
    Expected = N + 1,
    Message = iolist_to_binary(string:pad([integer_to_binary(N), $-], 500, trailing, $h)),
    Start = erlang:monotonic_time(),
    Expected = Add(Message),
    ms_since(Start).
