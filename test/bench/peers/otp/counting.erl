%% An agent that counts its messages and keeps the last ten. It answers with the count: at once, or once the journal has the
%% message. Before that its message may have an effect on the outside: a line in a file.
-module(counting).
-behaviour(gen_statem).
-export([start_link/3, start/1, init/1, callback_mode/0, counting/3, after_message/2]).

-record(agent, {n, keeping, count = 0, last = []}).

%% Keeping is `memory`, or what the journal has recovered and where the effects go: {Recovered, Effects}. Whoever looks an agent
%% up finds it in the table Pids, after a restart too.
start_link(Pids, Keeping, N) -> gen_statem:start_link(?MODULE, {Pids, Keeping, N}, []).

%% One that is known by its name.
start(Name) -> gen_statem:start({local, Name}, ?MODULE, {none, memory, 0}, []).

callback_mode() -> state_functions.

init({Pids, Keeping, N}) ->
    _ = Pids =:= none orelse ets:insert(Pids, {N, self()}),
    {Count, Last} = recovered(Keeping, N),
    {ok, counting, #agent{n = N, keeping = Keeping, count = Count, last = Last}}.

recovered(memory, _N) -> {0, []};
recovered({Recovered, _Effects}, N) ->
    case ets:lookup(Recovered, N) of
        [{N, State}] -> State;
        [] -> {0, []}
    end.

counting({call, From}, {message, Message}, #agent{keeping = memory} = Agent) ->
    Next = handled(Message, Agent),
    {keep_state, Next, [{reply, From, Next#agent.count}]};
counting({call, From}, {message, Message}, #agent{n = N, keeping = {_, Effects}} = Agent) ->
    ok = effect(Effects, Message),
    Next = handled(Message, Agent),
    journal:append({N, Message}, From, Next#agent.count),
    {keep_state, Next};
counting({call, From}, {question, Question}, _Agent) ->
    {keep_state_and_data, [{reply, From, Question}]};
counting({call, From}, state, #agent{count = Count, last = Last}) ->
    {keep_state_and_data, [{reply, From, {Count, Last}}]};
counting(cast, {message, Message}, Agent) ->
    {keep_state, handled(Message, Agent)}.

handled(Message, #agent{count = Count, last = Last} = Agent) ->
    {Next, Kept} = after_message(Message, {Count, Last}),
    Agent#agent{count = Next, last = Kept}.

%% The state after a message.
after_message(Message, {Count, [_ | Kept]}) when Count >= 10 -> {Count + 1, Kept ++ [Message]};
after_message(Message, {Count, Last}) -> {Count + 1, Last ++ [Message]}.

effect(none, _Message) -> ok;
effect(Path, Message) -> file:write_file(Path, [Message, $\n], [append, raw]).
