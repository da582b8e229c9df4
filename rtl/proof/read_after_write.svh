// What a port that waits for another one's writes keeps to. Stands at the end of module read_after_write.
logic began = 1'b0;  // the first cycle, which resets, is over
always_ff @(posedge clk) began <= 1'b1;
always_comb if (!began) assume (rst);

// The master's announcement stands until it is taken. While it stands nothing begins to hold it, and pages only become more.
logic waited, shown, was_held, was_known, was_free;
logic [63:0] address;
logic [51:0] page_before;
wire is_free = ~held | (known & araddr[63:12] < page);
always_ff @(posedge clk) begin
  waited <= ~rst & arvalid & ~arready;
  shown <= ~rst & m_axi_arvalid & ~m_axi_arready;
  was_free <= ~rst & arvalid & is_free;
  address <= araddr;
  {was_held, was_known, page_before} <= {held, known, page};
end
always_comb
  if (began && !rst) begin
    assume (!waited || (arvalid && araddr == address));
    assume (!waited || was_held || !held);
    assume (!(waited && held && was_known) || (known && page >= page_before));
  end

always_comb
  if (began && !rst) begin
    // The memory sees an announcement when what it reads is written, or nothing holds it; from then on it stands.
    not_before: assert (!m_axi_arvalid || shown || (waited && was_free));
    announcement_stands: assert (!shown || (m_axi_arvalid && araddr == address));
    // It is taken there where the memory takes it, and comes a cycle after it may.
    taken_there: assert (arready == (m_axi_arready & m_axi_arvalid) || !arvalid);
    comes_soon: assert (!(waited && was_free) || m_axi_arvalid);
  end

// Why that is so.
always_comb if (began && !rst) assert (!passes || waited);
